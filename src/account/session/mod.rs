//! Sessions of the dashboard: rows on the server, of which a browser holds only the name.

pub mod lifecycle;
mod model;
pub mod repository;
pub mod store;

pub use model::Session;

/// Seconds without a request after which a session ends.
pub const IDLE_SECONDS: i64 = 24 * 3_600;
/// Seconds after its start at which a session ends whatever happens.
pub const ABSOLUTE_SECONDS: i64 = 30 * 24 * 3_600;

/// Sessions that an account has at most: one more ends the one that was seen least lately.
pub const MOST: usize = 100;

/// The names under which a session's state holds its parts.
pub mod part {
    /// The account that is logged in.
    pub const ACCOUNT: &str = "account_id";
    /// The session's public id, which ends it but does not open it.
    pub const SESSION: &str = "session_id";
    /// The address at log-in.
    pub const ADDRESS: &str = "address";
    /// What the browser called itself at log-in.
    pub const DEVICE: &str = "device";
}
