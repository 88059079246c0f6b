//! `deskforge serve`.

use std::io::Write;

use clap::Args;

use crate::account;
use crate::cli::failure::Failure;
use crate::clock::Clock;
use crate::config::{Flags, Settings};
use crate::demo::{self, Directory, PASSWORD, Who};
use crate::error::Error;
use crate::installation::Installation;
use crate::server::{Server, State};
use crate::token::secret::Secret;

#[derive(Args, Default)]
pub(super) struct Arguments {
    /// Serve sample data out of a directory that is thrown away at the end
    #[arg(long)]
    demo: bool,
}

pub(super) fn run(
    flags: Flags,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    if arguments.demo {
        return run_demo(flags, out);
    }
    let installation = Installation::open(Settings::from(flags), Clock::System)?;
    Ok(serve(installation, None, out)?)
}

fn run_demo(flags: Flags, out: &mut impl Write) -> Result<(), Failure> {
    if flags.database_url.is_some() {
        return Err(Failure::Usage(
            "--demo brings a database of its own: leave out --database-url and DATABASE_URL"
                .to_owned(),
        ));
    }
    // Removed when this function is left, whichever way.
    let directory = Directory::create()?;
    let flags = Flags {
        data_dir: directory.path().to_owned(),
        ..flags
    };
    let installation = Installation::open(Settings::from(flags), Clock::System)?;
    let (mint, now) = (installation.mint(), installation.clock.now());
    let key = installation
        .database
        .write_now(|connection| demo::fill(connection, &mint, now))?;
    Ok(serve(installation, Some(key), out)?)
}

/// Serves until it is stopped; `key` is one of the demo to be shown.
fn serve(
    installation: Installation,
    key: Option<Secret>,
    out: &mut impl Write,
) -> Result<(), Error> {
    actix_web::rt::System::new().block_on(async {
        let server = Server::bind(installation)?;
        let greeting = greeting(&server.state(), key).await?;
        // A server goes on serving where nobody reads what it says.
        let _ = out
            .write_all(greeting.as_bytes())
            .and_then(|()| out.flush());
        server.run().await
    })
}

async fn greeting(state: &State, key: Option<Secret>) -> Result<String, Error> {
    let url = &state.public_url;
    let next = if let Some(key) = key {
        sample(state, &key)
    } else if state.database.read(account::repository::is_set_up).await? {
        String::new()
    } else {
        format!(
            "Set up DeskForge at {url}/setup?code={}\n",
            state.set_up_code
        )
    };
    Ok(format!("DeskForge serves {url}\n{next}"))
}

/// How to look around in the demo.
fn sample(state: &State, key: &Secret) -> String {
    let people = Who::ALL
        .map(|who| format!("  {:<18} {}", who.email(), who.role().as_str()))
        .join("\n");
    format!(
        "This is a demo: all of it is thrown away when it stops.\n\
         \n\
         Log in at {}/login with the password \"{PASSWORD}\" as\n\
         {people}\n\
         \n\
         Call the API with a key of the first of them:\n\
         \x20 curl -H \"Authorization: Bearer {}\" {}/projects\n",
        state.public_url,
        key.expose(),
        state.api_url,
    )
}
