//! `deskforge user`: people's accounts.

mod create;
mod disable;
mod enable;
mod list;
mod set_password;

use std::io::Write;

use clap::{Args, Subcommand};

use crate::account::email;
use crate::account::model::Account;
use crate::account::repository;
use crate::audit::event::Actor;
use crate::cli::failure::Failure;
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::installation::Installation;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an account for a person
    Create(create::Arguments),
    /// Give a person a new password and end their sessions
    SetPassword(set_password::Arguments),
    /// End a person's sessions and revoke their keys; they cannot log in until enabled
    Disable(Named),
    /// Let a person log in again; their keys stay revoked
    Enable(Named),
    /// List the people
    List(list::Arguments),
}

/// A person, by what they log in with.
#[derive(Args)]
pub(super) struct Named {
    /// The email address the person logs in with
    email: String,
}

impl Command {
    pub(super) fn run(
        self,
        installation: &Installation,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => create::run(installation, &arguments, out),
            Self::SetPassword(arguments) => set_password::run(installation, &arguments, out),
            Self::Disable(named) => disable::run(installation, &named, out),
            Self::Enable(named) => enable::run(installation, &named, out),
            Self::List(arguments) => list::run(installation, &arguments, out),
        }
    }
}

impl Named {
    /// Does `work` with the person's account.
    fn change(
        &self,
        installation: &Installation,
        work: fn(&mut Connection, Id, &Actor, Instant) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let now = installation.clock.now();
        installation.database.write_now(|connection| {
            let account = find(connection, "email", &self.email)?;
            work(connection, account.id, &Actor::command_line(), now)
        })
    }
}

/// The account that logs in with `email`; the fault is told of the flag or argument `field`.
pub(super) fn find(
    connection: &mut Connection,
    field: &str,
    email: &str,
) -> Result<Account, Error> {
    repository::by_email(connection, &email::canonical(email))?.ok_or_else(|| {
        let fault = format!("Nobody has the email address {email}");
        Error::Invalid(FieldErrors::one(field, fault))
    })
}
