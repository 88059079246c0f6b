//! `deskforge serve`.

use std::io::Write;

use clap::Args;

use crate::account;
use crate::cli::failure::Failure;
use crate::clock::Clock;
use crate::config::{Flags, Settings};
use crate::error::Error;
use crate::installation::Installation;
use crate::server::Server;

#[derive(Args, Default)]
pub(super) struct Arguments {}

pub(super) fn run(
    flags: Flags,
    _arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let installation = Installation::open(Settings::from(flags), Clock::System)?;
    actix_web::rt::System::new().block_on(serve(installation, out))?;
    Ok(())
}

async fn serve(installation: Installation, out: &mut impl Write) -> Result<(), Error> {
    let server = Server::bind(installation)?;
    let state = server.state();
    let set_up = if state.database.read(account::repository::is_set_up).await? {
        String::new()
    } else {
        let (url, code) = (&state.public_url, &state.set_up_code);
        format!("Set up DeskForge at {url}/setup?code={code}\n")
    };
    // A server goes on serving where nobody reads what it says.
    let _ =
        write!(out, "DeskForge serves {}\n{set_up}", state.public_url).and_then(|()| out.flush());
    server.run().await
}
