//! `deskforge user set-password`.

use std::io::Write;

use clap::Args;

use crate::account::lifecycle;
use crate::account::password;
use crate::audit::event::Actor;
use crate::cli::failure::Failure;
use crate::cli::password::Source;
use crate::cli::user::{Named, find};
use crate::error::{Error, FieldErrors};
use crate::inert::inert;
use crate::installation::Installation;
use crate::policy;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    person: Named,
    #[command(flatten)]
    password: Source,
}

pub(super) fn run(
    installation: &Installation,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let email = &arguments.person.email;
    let password = arguments.password.read()?;
    let database = &installation.database;
    let account = database.read_now(|connection| find(connection, "email", email))?;
    let shortest = database
        .read_now(policy::repository::read)?
        .shortest_password;
    password
        .check(shortest, &[&account.name, email.trim()])
        .map_err(|fault| Error::Invalid(FieldErrors::one("password", fault)))?;
    let hash = password::hash(&password)?;
    let now = installation.clock.now();
    database.write_now(|connection| {
        let actor = Actor::command_line();
        lifecycle::change_password(connection, account.id, &hash, None, &actor, now)
    })?;
    writeln!(
        out,
        "{} has a new password; their sessions ended.",
        inert(email)
    )?;
    Ok(())
}
