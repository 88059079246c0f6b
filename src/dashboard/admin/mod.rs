//! The pages of admins.

pub(crate) mod audit;
mod confirm;
pub(crate) mod export;
mod filter;
pub(crate) mod find;
mod found;
pub(crate) mod incident;
mod owners;
pub(crate) mod people;
pub(crate) mod policy;
pub(crate) mod receipt;
pub(crate) mod report;
pub(crate) mod revoke;
pub(crate) mod revoke_all;
pub(crate) mod revoke_several;
pub(crate) mod scopes;
pub(crate) mod services;
pub(crate) mod token;
pub(crate) mod tokens;

/// Where the list of all keys is.
const LIST: &str = "/dashboard/admin/tokens";
/// Where keys are revoked for an incident.
const INCIDENT: &str = "/dashboard/admin/incident";
