//! The HTTP server: assembled from an installation, stopped without losing what it has counted.

mod answer;
pub(crate) mod body;
mod chunks;
mod client;
mod connections;
pub(crate) mod denied;
mod fast_path;
mod headers;
mod passage;
mod path;
pub(crate) mod session;
mod state;
mod usage;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use actix_server::ServerHandle;
use actix_web::web;

pub(crate) use chunks::{Chunks, Pieces};
pub(crate) use client::Client;
pub(crate) use path::PathId;
pub use state::State;

use crate::account::link::repository as links;
use crate::account::session::lifecycle as sessions;
use crate::account::throttle;
use crate::blocking::blocking;
use crate::config::DatabaseUrl;
use crate::control::Ownership;
use crate::db::Connection;
use crate::error::Error;
use crate::installation::Installation;
use crate::token::idle;
use crate::token::usage::repository as uses;

/// How often the server looks for changes that nobody told it of.
const LOOK: Duration = Duration::from_secs(1);
/// How often ended sessions, old counts of failures and old usage are removed, and keys revoked that
/// nobody uses.
const SWEEP: Duration = Duration::from_mins(10);

/// A server that is bound to its address.
pub struct Server {
    address: SocketAddr,
    state: web::Data<State>,
    http: actix_server::Server,
    _ownership: Option<Ownership>,
}

impl Server {
    /// Binds to the address that the settings name; with port 0 the system chooses one.
    ///
    /// # Errors
    /// [`Error::Setting`] where the address cannot be had.
    pub fn bind(installation: Installation) -> Result<Self, Error> {
        let listen = installation.settings.listen;
        let fault = |error: std::io::Error| Error::Setting(format!("--listen {listen}: {error}"));
        let listener = std::net::TcpListener::bind(listen).map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        let database_url = installation.settings.database_url.clone();
        // For checkpoints of the audit log. Where there can be none, that is told again and again,
        // but keys are served.
        if let Err(error) = installation.settings.create_data_dir() {
            log::error!("{error}");
        }
        let socket = installation.settings.data_dir.join("control.sock");
        let state = web::Data::new(State::new(installation, address)?);
        let ownership = match database_url {
            DatabaseUrl::Sqlite(database) => Some(own(&database, socket, &state)?),
            DatabaseUrl::Postgres(_) => None,
        };
        let http = connections::accept(listener, &state).map_err(fault)?;
        Ok(Self {
            address,
            state,
            http,
            _ownership: ownership,
        })
    }

    /// The address it is bound to.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers share.
    #[must_use]
    pub fn state(&self) -> web::Data<State> {
        self.state.clone()
    }

    /// With this the server can be stopped from elsewhere.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.http.handle()
    }

    /// Serves until a signal or the handle stops it; then writes what is counted.
    ///
    /// # Errors
    /// When the sockets fail, or the last counts cannot be written.
    pub async fn run(self) -> Result<(), Error> {
        let keeping = usage::Keeping::start(self.state.usage.clone())?;
        let sweeping = tokio::spawn(sweep(self.state.clone()));
        let looking = tokio::spawn(look(self.state.clone()));
        let noting = tokio::spawn(note(self.state.clone()));
        let verifying = tokio::spawn(verify(self.state.clone()));
        let outcome = self.http.await;
        sweeping.abort();
        looking.abort();
        noting.abort();
        verifying.abort();
        // The workers give their ledgers away when they end, which is after the last answer.
        self.state.usage.closed(Duration::from_secs(2)).await;
        blocking(|| keeping.end()).await?;
        self.state.checkpoints.close().await;
        outcome.map_err(|error| Error::Internal(error.to_string()))
    }
}

/// Takes the sole right to a SQLite database. What was committed before is read once more: a command
/// that saw no owner a moment ago had nobody to ask.
fn own(database: &Path, socket: PathBuf, state: &State) -> Result<Ownership, Error> {
    let ownership = Ownership::take(database, socket, state.verifier.clone())?;
    state.verifier.catch_up_now()?;
    Ok(ownership)
}

/// Looks for changes of other processes that nobody told of.
async fn look(state: web::Data<State>) {
    let mut ticks = tokio::time::interval(LOOK);
    loop {
        ticks.tick().await;
        if let Err(error) = state.verifier.catch_up().await {
            log::warn!("changes cannot be read: {error}");
        }
    }
}

/// Keeps checkpoints of the audit log.
async fn note(state: web::Data<State>) {
    state.checkpoints.run().await;
}

/// Holds the audit log against its chain.
async fn verify(state: web::Data<State>) {
    state.audit.run().await;
}

async fn sweep(state: web::Data<State>) {
    let mut ticks = tokio::time::interval(SWEEP);
    loop {
        ticks.tick().await;
        if let Err(error) = sweep_once(&state).await {
            log::error!("what is old is not removed: {error}");
        }
    }
}

async fn sweep_once(state: &State) -> Result<(), Error> {
    let now = state.clock.now();
    let sweep = move |connection: &mut Connection| sessions::sweep(connection, now);
    while state.database.write(sweep).await? {}
    state
        .database
        .write(move |connection| {
            links::sweep(connection, now)?;
            throttle::sweep(connection, now)
        })
        .await?;
    let revoke = move |connection: &mut Connection| idle::revoke_some(connection, now);
    while state.database.write(revoke).await? {}
    let first = now.day().saturating_sub(state.usage_days) + 1;
    let remove = move |connection: &mut Connection| uses::remove_before(connection, first);
    while state.database.write(remove).await? {}
    Ok(())
}
