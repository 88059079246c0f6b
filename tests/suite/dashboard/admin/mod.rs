//! `/dashboard/admin` and what lies beneath it.

mod crowd;
mod export;
mod find;
mod incident;
mod key;
mod list;
mod load;
mod plans;
mod report;
mod revoke;
mod time;

const LIST: &str = "/dashboard/admin/tokens";
const INCIDENT: &str = "/dashboard/admin/incident";
