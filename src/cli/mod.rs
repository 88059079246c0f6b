//! The command line: one file a command.

mod audit;
mod failure;
mod json;
mod migrate;
mod password;
mod serve;
mod table;
mod token;
mod user;

use std::ffi::OsString;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::failure::Failure;
use crate::clock::Clock;
use crate::config::{self, DatabaseUrl, Flags, Settings};
use crate::control;
use crate::error::Error;
use crate::fault::{Fault, planted};
use crate::installation::Installation;

/// Gives a product its API keys: dashboard, JSON API and audit trail in one binary.
#[derive(Parser)]
#[command(name = "deskforge", version)]
struct Arguments {
    #[command(flatten, next_help_heading = "Settings")]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the dashboard and the API (what happens without a command)
    Serve(serve::Arguments),
    /// Make, list, disable and enable people's accounts
    #[command(subcommand)]
    User(user::Command),
    /// Generate, list and revoke keys
    #[command(subcommand)]
    Token(token::Command),
    /// Verify and export the audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Bring the database's tables up to date and stop
    Migrate,
}

/// Runs the command that the process was started with: 0 done, 1 failed, 2 bad usage.
#[must_use]
pub fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout());
    let outcome = run(&mut out).and_then(|()| Ok(out.flush()?));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has seen enough, as `head` has.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.lines() {
                // In one piece, so that commands run side by side do not mix their lines; and
                // where even this cannot be written, nobody is left to tell.
                let _ = io::stderr().write_all(format!("deskforge: {line}\n").as_bytes());
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(out: &mut impl Write) -> Result<(), Failure> {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return Err(error.into()),
        Err(help) => return Ok(write!(out, "{help}")?),
    };
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    config::refuse_unknown_variables(names.iter().map(OsString::as_os_str))?;
    let command = arguments
        .command
        .unwrap_or(Command::Serve(serve::Arguments::default()));
    start_log(&command);
    match command {
        Command::Serve(serving) => serve::run(arguments.flags, &serving, out),
        Command::User(command) => command.run(&open(arguments.flags)?, out),
        Command::Token(command) => command.run(&open(arguments.flags)?, out),
        Command::Audit(command) => command.run(arguments.flags, out),
        Command::Migrate => migrate::run(&open(arguments.flags)?, out),
    }
}

/// Opens the installation for a command. A server may hold its keys in memory: what the command has
/// changed is done when that server has followed.
fn open(flags: Flags) -> Result<Installation, Error> {
    let installation = Installation::open(Settings::from(flags), Clock::System)?;
    if let DatabaseUrl::Sqlite(path) = installation.settings.database_url.clone()
        && !planted(Fault::CommandDoesNotAsk)
    {
        installation
            .database
            .after_commit(move |_| control::ask_owner_to_catch_up(&path));
    }
    Ok(installation)
}

/// A server tells of its work; a command says what it has to say itself.
fn start_log(command: &Command) {
    let level = match command {
        Command::Serve(_) => "info",
        _ => "warn",
    };
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(level)).init();
}
