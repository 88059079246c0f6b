//! `deskforge user list`.

use std::io::Write;

use clap::Args;

use crate::account::model::{Kind, Standing};
use crate::account::repository;
use crate::account::view::AccountView;
use crate::cli::failure::Failure;
use crate::cli::json::Array;
use crate::cli::table::Table;
use crate::installation::Installation;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// One JSON array, for programs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    installation: &Installation,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let accounts = installation.database.read_now(repository::list)?;
    let people = accounts
        .into_iter()
        .filter(|account| account.kind == Kind::User);
    if arguments.json {
        let mut array = Array::begin(out)?;
        for person in people {
            array.push(&AccountView::from(person))?;
        }
        return Ok(array.end()?);
    }
    let mut table = Table::new(["EMAIL", "NAME", "ROLE", "STATUS", "CREATED"]);
    for person in people {
        table.push([
            person.email.as_deref().unwrap_or_default(),
            &person.name,
            person.role.as_str(),
            match person.standing() {
                Standing::Active => "enabled",
                Standing::Invited => "invited",
                Standing::Disabled => "disabled",
            },
            &person.created_at.date(),
        ]);
    }
    Ok(table.write(out)?)
}
