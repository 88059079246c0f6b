//! Whoever revokes keys, and goes on asking until it is acknowledged.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::connection::{Connection, request};
use crate::harness::Engine;
use crate::site::{Commands, Site};

/// For how long a revocation may be answered with "try again".
const PATIENCE: Duration = Duration::from_secs(30);

/// Revokes on the first node; on SQLite every other time by a command beside the server.
pub(crate) struct Revoker {
    connection: Connection,
    keeper: String,
    commands: Option<Commands>,
}

impl Revoker {
    pub(crate) fn of(site: &Site) -> Self {
        let is_file = site.commands.place.engine() == Engine::Sqlite;
        Self {
            connection: Connection::to(&site.nodes[0].address),
            keeper: site.keeper.clone(),
            commands: is_file.then(|| site.commands.clone()),
        }
    }

    /// Returns when the revocation is acknowledged.
    pub(crate) fn revoke(&mut self, number: usize, id: &str) {
        let begun = Instant::now();
        while !self.is_acknowledged(number, id) {
            assert!(begun.elapsed() < PATIENCE, "{id} cannot be revoked");
            sleep(Duration::from_millis(5));
        }
    }

    fn is_acknowledged(&mut self, number: usize, id: &str) -> bool {
        match &self.commands {
            Some(commands) if number % 2 == 1 => {
                let finished = commands.run(&format!("token revoke {id}")).finish();
                assert!(finished.code <= 1, "{finished:?}");
                finished.code == 0
            }
            _ => {
                let ask = request("DELETE", &format!("/tokens/{id}"), &self.keeper, "");
                match self.connection.ask(&ask) {
                    Ok((204, _)) => true,
                    // Whether it was done is not known: asking again is safe.
                    Ok((503, _)) | Err(_) => false,
                    Ok((status, body)) => panic!("{status} {}", String::from_utf8_lossy(body)),
                }
            }
        }
    }
}
