//! `deskforge serve`.

use clap::Args;

use crate::account;
use crate::clock::Clock;
use crate::config::Settings;
use crate::error::Error;
use crate::installation::Installation;
use crate::server::Server;

#[derive(Args, Default)]
pub(super) struct Arguments {}

pub(super) fn run(settings: Settings, _arguments: &Arguments) -> Result<(), Error> {
    let installation = Installation::open(settings, Clock::System)?;
    actix_web::rt::System::new().block_on(serve(installation))
}

async fn serve(installation: Installation) -> Result<(), Error> {
    let server = Server::bind(installation)?;
    let state = server.state();
    println!("DeskForge serves {}", state.public_url);
    if !state.database.read(account::repository::is_set_up).await? {
        println!(
            "Set up DeskForge at {}/setup?code={}",
            state.public_url, state.set_up_code
        );
    }
    server.run().await
}
