//! Who did what? The audit log.

pub(crate) mod event;
pub(crate) mod export;
mod filter;
pub(crate) mod list;
pub(crate) mod verify;

/// Where the log is.
const LOG: &str = "/dashboard/admin/audit";
