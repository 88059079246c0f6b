//! What an auditor asks of all keys: how old, how long-lived, whose, and why they were revoked.

pub mod repository;

/// One line of a table: what, and how many keys that is.
pub type Line = (String, i64);

/// Days within which a key is taken to be generated or rotated lately.
pub const LATELY_DAYS: i64 = 90;
/// Days of revocations that are told.
pub const REVOKED_DAYS: i64 = 365;
/// How many owners are told apart.
pub const OWNERS: usize = 50;

/// All of it, at one instant.
#[derive(Debug, Default)]
pub struct Report {
    /// Keys in each state.
    pub states: Vec<Line>,
    /// Keys that work, by how long ago they were generated.
    pub ages: Vec<Line>,
    /// The same by how long they live from first to last.
    pub lifetimes: Vec<Line>,
    /// The same by environment.
    pub environments: Vec<Line>,
    /// The same by owner, who owns most first; others than the first are one line.
    pub owners: Vec<Line>,
    /// The same by whether they were generated or rotated lately.
    pub rotated: Vec<Line>,
    /// Keys that were revoked in the last year, by the reason.
    pub revoked: Vec<Line>,
}
