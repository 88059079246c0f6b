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
use crate::policy;

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
    let database = &installation.database;
    let shortest = database
        .read_now(policy::repository::read)?
        .shortest_password;
    let (name, email) = (&arguments.name, &arguments.email);
    let person = lifecycle::check_person(name, email, &password, shortest)?;
    let role = if arguments.admin {
        Role::Admin
    } else {
        Role::Member
    };
    let hash = password::hash(&password)?;
    let now = installation.clock.now();
    let account = database.write_now(|connection| {
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
