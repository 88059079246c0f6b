//! `deskforge token list`.

use std::io::Write;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::json::Array;
use crate::cli::table::Table;
use crate::cli::user;
use crate::clock::Instant;
use crate::installation::Installation;
use crate::token::list::{Filter, Order, Position, Start, repository};
use crate::token::repository::{OwnedToken, Whose};
use crate::token::view::TokenView;

/// How many keys are read at a time.
const PAGE: i64 = 1_000;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Only the keys of the person with this email address
    #[arg(long, value_name = "EMAIL")]
    user: Option<String>,
    /// One JSON array, for programs
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    installation: &Installation,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let now = installation.clock.now();
    if arguments.json {
        let mut array = Array::begin(out)?;
        each(installation, arguments, now, |owned| {
            Ok(array.push(&TokenView::new(owned, now))?)
        })?;
        return Ok(array.end()?);
    }
    let mut table = Table::new([
        "ID",
        "NAME",
        "KEY",
        "OWNER",
        "ENVIRONMENT",
        "STATUS",
        "EXPIRES",
        "LAST USED",
    ]);
    each(installation, arguments, now, |owned| {
        push(&mut table, &owned, now);
        Ok(())
    })?;
    Ok(table.write(out)?)
}

fn push(table: &mut Table, OwnedToken { token, owner }: &OwnedToken, now: Instant) {
    table.push([
        token.id.as_str(),
        &token.name,
        &token.hint(),
        owner.email.as_ref().unwrap_or(&owner.name),
        token.environment.as_str(),
        token.status(now).as_str(),
        &token.expires_at.map_or("never".to_owned(), Instant::date),
        &token
            .last_used_at
            .map_or("never".to_owned(), |at| at.ago(now)),
    ]);
}

/// Does `work` with every key that is asked for, a page at a time.
fn each(
    installation: &Installation,
    arguments: &Arguments,
    now: Instant,
    mut work: impl FnMut(OwnedToken) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let database = &installation.database;
    let mut filter = Filter::default();
    if let Some(email) = &arguments.user {
        let owner = database.read_now(|connection| user::find(connection, "user", email))?;
        filter.owner = Some(owner.id);
    }
    let (keys, order) = (Whose::Everyone, Order::default());
    let mut start = Some(Start::Offset(0));
    while let Some(place) = start.take() {
        let page = database.read_now(|connection| {
            repository::page(connection, keys, &filter, order, place, PAGE, now)
        })?;
        start = page
            .last()
            .map(|last| Start::After(last.token.id, Position::of(&last.token, order.sort)));
        for owned in page {
            work(owned)?;
        }
    }
    Ok(())
}
