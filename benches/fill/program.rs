//! Fills an installation with keys for the benchmark: `fill COUNT`, settings from the environment.
//! Prints the keys, one a line.

mod account;

use std::error::Error;
use std::io::{BufWriter, Write};

use clap::Parser;
use deskforge::clock::Clock;
use deskforge::config::{Flags, Settings};
use deskforge::installation::Installation;
use deskforge::token::secret::Secret;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// How many keys
    count: usize,
    /// How many of them an account has
    #[arg(long, default_value_t = 100)]
    per_account: usize,
    /// How many projects an account has
    #[arg(long, default_value_t = 0)]
    projects: usize,
    /// What the keys may do
    #[arg(long, default_value = "projects:read", value_delimiter = ',')]
    scopes: Vec<String>,
    /// Keys as right as any by their looks, but stored nowhere
    #[arg(long)]
    unknown: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let mut output = BufWriter::new(std::io::stdout().lock());
    if arguments.unknown {
        for _ in 0..arguments.count {
            let key = Secret::generate(&arguments.flags.key_prefix)?;
            writeln!(output, "{}", key.expose())?;
        }
        return Ok(output.flush()?);
    }
    let installation = Installation::open(Settings::from(arguments.flags), Clock::System)?;
    let mut plan = account::Plan {
        keys: arguments.per_account,
        scopes: arguments.scopes,
        projects: arguments.projects,
    };
    let mut made = 0;
    while made < arguments.count {
        plan.keys = arguments.per_account.min(arguments.count - made);
        let keys = account::make(&installation, &plan)?;
        made += keys.len();
        for key in keys {
            writeln!(output, "{}", key.expose())?;
        }
    }
    Ok(output.flush()?)
}
