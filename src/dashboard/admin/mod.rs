//! The pages of admins.

pub(crate) mod audit;
mod filter;
pub(crate) mod revoke;
pub(crate) mod tokens;

/// Where the list of all keys is.
const LIST: &str = "/dashboard/admin/tokens";
