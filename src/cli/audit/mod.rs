//! `deskforge audit`.

mod export;
mod key;
mod progress;
mod verify;

use std::io::Write;

use clap::Subcommand;

use crate::cli::failure::Failure;
use crate::cli::open;
use crate::config::Flags;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Hold the audit log, or an exported file of it, against its chain
    Verify(verify::Arguments),
    /// Write the audit log as JSON Lines with its proofs
    Export,
    /// Write the audit key, with which a file is verified on another machine; keep it secret
    Key,
}

impl Command {
    pub(super) fn run(&self, flags: Flags, out: &mut impl Write) -> Result<(), Failure> {
        match self {
            Self::Verify(arguments) => verify::run(flags, arguments, out),
            Self::Export => export::run(&open(flags)?, out),
            Self::Key => key::run(flags, out),
        }
    }
}
