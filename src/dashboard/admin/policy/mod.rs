//! The rules for everybody's keys and passwords, and the keys that a stricter one would break.

pub(crate) mod broken;
pub(crate) mod edit;
mod form;
mod words;

/// Where the policy is.
const ADDRESS: &str = "/dashboard/admin/policy";
/// Where it is asked what becomes of the keys that break it.
const BROKEN: &str = "/dashboard/admin/policy/broken";
