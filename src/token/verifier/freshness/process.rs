//! Freshness on SQLite: one server process owns the database, so it knows of every change.
//!
//! Its own changes are caught up with between their commit and their answer; a command beside it
//! answers only when the server has caught up (see `control`). What is left is two atomic loads.

use std::sync::Arc;

use super::Freshness;
use crate::error::Error;
use crate::token::verifier::Keys;

/// The process knows, unless it failed to catch up with a change of its own.
pub(in crate::token::verifier) struct Process {
    pub(in crate::token::verifier) keys: Arc<Keys>,
}

impl Freshness for Process {
    async fn prove(&self) -> Result<(), Error> {
        if self.keys.registry.is_behind() {
            self.keys.catch_up().await
        } else {
            Ok(())
        }
    }
}
