//! What happened, who did it, and whether it was allowed.
//!
//! Every event has its place in a chain of codes ([`chain`]), given to it when its transaction
//! commits ([`ledger`]). [`verify`] holds a log against its chain.

pub mod chain;
pub mod checkpoint;
pub mod checkpoints;
pub mod copy;
pub mod event;
pub mod export;
pub mod flood;
pub mod keeper;
pub mod key;
pub mod ledger;
pub mod log;
pub mod model;
pub mod repository;
pub mod verify;
pub mod walk;
pub mod watch;

#[cfg(test)]
mod tests;
