//! The command line: one file a command.

mod serve;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Flags, Settings};
use crate::error::Error;

/// Gives a product its API keys: dashboard, JSON API and audit trail in one binary.
#[derive(Parser)]
#[command(name = "deskforge", version)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the dashboard and the API (what happens without a command)
    Serve(serve::Arguments),
}

/// Runs the command that the process was started with: 0 done, 1 failed, 2 bad usage.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => return bad_usage(&first_line(&error.to_string())),
        Err(help) => {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
    };
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    if let Err(error) = config::refuse_unknown_variables(names.iter().map(OsString::as_os_str)) {
        return bad_usage(&error.to_string());
    }
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Setting(fault)) => bad_usage(&fault),
        Err(error) => {
            eprintln!("deskforge: {error}");
            ExitCode::from(1)
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Error> {
    let settings = Settings::from(arguments.flags);
    match arguments
        .command
        .unwrap_or(Command::Serve(serve::Arguments::default()))
    {
        Command::Serve(arguments) => serve::run(settings, &arguments),
    }
}

fn bad_usage(fault: &str) -> ExitCode {
    eprintln!("deskforge: {fault}");
    ExitCode::from(2)
}

/// clap explains at length; one line names the fault.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}
