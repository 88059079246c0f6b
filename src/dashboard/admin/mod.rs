//! The pages of admins.

mod filter;
pub(crate) mod policy;
pub(crate) mod revoke;
pub(crate) mod scopes;
pub(crate) mod tokens;

/// Where the list of all keys is.
const LIST: &str = "/dashboard/admin/tokens";
