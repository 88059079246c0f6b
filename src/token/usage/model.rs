//! What was counted of a key on one day.

use diesel::prelude::*;

use crate::db::schema::usage_days;
use crate::id::Id;

/// One key, one day.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = usage_days)]
pub struct Day {
    /// The key.
    pub token_id: Id,
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
    /// Requests that were let through.
    pub requests: i64,
    /// Requests that were refused.
    pub refusals: i64,
}
