//! `/tokens` and `/tokens/{id}`.

mod bounds;
mod change;
mod create;
mod escalation;
mod list;
mod revoke;
mod usage;
