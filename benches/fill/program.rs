//! Fills an installation with keys for the benchmark: `fill COUNT`, settings from the environment.
//! Prints the keys, one a line.

use std::error::Error;
use std::io::{BufWriter, Write};

use clap::Parser;
use deskforge::account::email::Email;
use deskforge::account::lifecycle::{Person, create};
use deskforge::account::model::Role;
use deskforge::audit::event::Actor;
use deskforge::clock::Clock;
use deskforge::config::{Flags, Settings};
use deskforge::installation::Installation;
use deskforge::token::draft::Asked;
use deskforge::token::lifecycle::{Generated, generate};
use deskforge::token::lifetime::Lifetime;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// How many keys
    count: usize,
    /// How many of them an account has
    #[arg(long, default_value_t = 100)]
    per_account: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let installation = Installation::open(Settings::from(arguments.flags), Clock::System)?;
    let now = installation.clock.now();
    let (mint, actor) = (installation.mint(), Actor::command_line());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut made = 0;
    while made < arguments.count {
        let keys = installation.database.write_now(|connection| {
            let mut keys = Vec::new();
            let person = Person {
                name: format!("Person {made}"),
                email: Email::parse(&format!("person-{made}-{}@example.com", now.micros()))
                    .unwrap_or_default(),
            };
            let owner = create(
                connection,
                &person,
                Role::Member,
                String::new(),
                &actor,
                now,
            )?;
            for number in 0..arguments.per_account.min(arguments.count - made) {
                let asked = Asked {
                    name: format!("Key {number}"),
                    ..Asked::default()
                };
                let offered = ["projects:read".to_owned()];
                let draft = asked.check(Ok(Lifetime::default()), &offered, now)?;
                let generated =
                    generate(connection, &mint, owner.id, draft, None, None, &actor, now)?;
                if let Generated::New(_, secret) = generated {
                    keys.push(secret);
                }
            }
            Ok(keys)
        })?;
        made += keys.len();
        for key in keys {
            writeln!(output, "{}", key.expose())?;
        }
    }
    Ok(output.flush()?)
}
