//! `deskforge token`: everybody's keys.

mod create;
mod list;
mod revoke;

use std::io::Write;

use clap::Subcommand;

use crate::cli::failure::Failure;
use crate::installation::Installation;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Generate a key for a person and print it, this once, alone on standard output
    Create(create::Arguments),
    /// List keys, the newest first
    List(list::Arguments),
    /// Revoke a key at once and for ever
    Revoke(revoke::Arguments),
}

impl Command {
    pub(super) fn run(
        self,
        installation: &Installation,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => create::run(installation, arguments, out),
            Self::List(arguments) => list::run(installation, &arguments, out),
            Self::Revoke(arguments) => revoke::run(installation, &arguments, out),
        }
    }
}
