//! What keys are used for.
//!
//! Each worker writes what it decided into a ledger of its own, without a lock. Its page is soon
//! handed over, added up and kept in the database's journal: a crash loses the last second.
//! From there it is folded into the rows of the keys, at once while that is cheap, and more at a
//! time where many keys are busy.

pub mod callers;
mod client;
mod journal;
mod ledger;
mod model;
mod numbered;
mod parts;
mod recorder;
pub mod repository;
pub mod scopes;
mod sums;

pub use client::client_name;
pub use ledger::Ledger;
pub use model::{Caller, Counts, Day, Uses};
pub use recorder::Recorder;

use crate::error::Error;

/// What became of a request with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was let through.
    Request,
    /// The key was revoked, expired or paused, or its owner disabled.
    Dead,
    /// The address was not allowed.
    Address,
    /// The environment was another.
    Environment,
    /// A scope was missing.
    Scope,
}

impl From<&Error> for Outcome {
    fn from(error: &Error) -> Self {
        match error {
            Error::AddressNotAllowed => Self::Address,
            Error::EnvironmentMismatch { .. } => Self::Environment,
            Error::ScopeMissing(_) => Self::Scope,
            _ => Self::Dead,
        }
    }
}
