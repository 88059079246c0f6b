//! The real server, in a thread of the test, on a clock that the test moves.

use std::rc::Rc;
use std::sync::mpsc;
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use actix_web::web::Data;
use deskforge::clock::{Clock, Instant};
use deskforge::config::Settings;
use deskforge::error::Error;
use deskforge::installation::Installation;
use deskforge::server::{Server, State};

use super::raw::{RawAnswer, exchange};
use super::{Client, Engine, Key, Place, watch};

/// When every test begins.
const START: &str = "2026-11-24T12:00:00Z";

/// A server and its data. It stops, and the data go, with this value.
pub(crate) struct TestServer {
    // Dropped in this order: the server leaves its place before the place goes.
    running: Option<Running>,
    settings: Settings,
    clock: Clock,
    place: Rc<Place>,
}

struct Running {
    base: String,
    state: Data<State>,
    handle: ServerHandle,
    thread: Option<JoinHandle<Result<(), Error>>>,
}

impl TestServer {
    /// A server with the settings it has by default.
    pub(crate) fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| ())
    }

    /// A server with settings of the test's own.
    pub(crate) fn start_with(engine: Engine, change: impl FnOnce(&mut Settings)) -> Self {
        let place = Rc::new(Place::new(engine));
        let mut settings = place.settings();
        change(&mut settings);
        let mut server = Self {
            running: None,
            settings,
            clock: Clock::manual(Instant::parse(START).unwrap()),
            place,
        };
        server.resume();
        server
    }

    /// Another node on the same database, with a clock that goes with this one's.
    pub(crate) fn another_node(&self) -> Self {
        let mut node = Self {
            running: None,
            settings: self.settings.clone(),
            clock: self.clock.clone(),
            place: self.place.clone(),
        };
        node.resume();
        node
    }

    /// Starts again on the same data.
    pub(crate) fn resume(&mut self) {
        assert!(self.running.is_none(), "the server runs already");
        let (settings, clock) = (self.settings.clone(), self.clock.clone());
        self.running = Some(Running::start(self.place.engine(), settings, clock));
    }

    /// Stops as a signal stops it, with all requests under way answered and all counts written.
    pub(crate) async fn stop(&mut self) {
        let mut running = self.running.take().unwrap();
        running.handle.stop(true).await;
        running.thread.take().unwrap().join().unwrap().unwrap();
    }

    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.resume();
    }

    /// Where its data are.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// What the server's handlers share.
    pub(crate) fn state(&self) -> &State {
        &self.running().state
    }

    /// The address of the server, such as `http://127.0.0.1:4711`.
    pub(crate) fn base(&self) -> &str {
        &self.running().base
    }

    /// The address alone, such as `127.0.0.1:4711`.
    pub(crate) fn authority(&self) -> &str {
        self.base().strip_prefix("http://").unwrap()
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Moves the server's clock on.
    pub(crate) fn wait_seconds(&self, seconds: i64) {
        self.clock.set(self.now().plus_seconds(seconds));
    }

    /// Moves the server's clock to an instant.
    pub(crate) fn wait_until(&self, instant: Instant) {
        self.clock.set(instant);
    }

    /// A program without a key.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(self.base(), None)
    }

    /// A program with this key.
    pub(crate) fn key(&self, key: &Key) -> Client {
        self.bearer(&key.secret)
    }

    /// A program that presents this in place of a key.
    pub(crate) fn bearer(&self, secret: &str) -> Client {
        Client::new(self.base(), Some(secret))
    }

    /// Sends bytes as they are and gives what comes back until the server closes.
    pub(crate) fn raw(&self, bytes: &[u8]) -> RawAnswer {
        exchange(self.authority(), bytes)
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the server is stopped")
    }
}

impl Running {
    fn start(engine: Engine, settings: Settings, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let installation = Installation::open(settings, clock)?;
            watch::begin(engine, &installation.database);
            System::new().block_on(async {
                let server = Server::bind(installation)?;
                let facts = (server.address(), server.state(), server.handle());
                sender.send(facts).unwrap();
                server.run().await
            })
        });
        let Ok((address, state, handle)) = receiver.recv() else {
            panic!("the server does not start: {:?}", thread.join().unwrap());
        };
        Self {
            base: format!("http://{address}"),
            state,
            handle,
            thread: Some(thread),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            drop(self.handle.stop(false));
            let outcome = thread.join();
            if !std::thread::panicking() {
                outcome.unwrap().unwrap();
            }
        }
    }
}
