//! `/tokens` and `/tokens/{id}`.

mod change;
mod create;
mod escalation;
mod list;
mod revoke;
