//! `deskforge user create`.

use std::io::Write;

use clap::Args;

use crate::account::lifecycle;
use crate::account::model::Role;
use crate::account::password;
use crate::audit::event::Actor;
use crate::cli::failure::Failure;
use crate::cli::password::Source;
use crate::inert::inert;
use crate::installation::Installation;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The address the person will log in with
    #[arg(long)]
    email: String,
    /// The person's name
    #[arg(long)]
    name: String,
    /// Let the person see and end everybody's keys
    #[arg(long)]
    admin: bool,
    #[command(flatten)]
    password: Source,
}

pub(super) fn run(
    installation: &Installation,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let password = arguments.password.read()?;
    let person = lifecycle::check_person(&arguments.name, &arguments.email, &password)?;
    let role = if arguments.admin {
        Role::Admin
    } else {
        Role::Member
    };
    let hash = password::hash(&password)?;
    let now = installation.clock.now();
    let account = installation.database.write_now(|connection| {
        let actor = Actor::command_line();
        lifecycle::create(connection, &person, role, hash, &actor, now)
    })?;
    writeln!(
        out,
        "{} can log in as {}.",
        inert(person.email.written()),
        account.role.as_str()
    )?;
    Ok(())
}
