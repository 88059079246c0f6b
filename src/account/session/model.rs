//! A session as the database keeps it.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::sessions;
use crate::id::Id;

/// One session. Of its key only a digest is kept: a copy of the table logs nobody in.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    /// Its public id.
    pub id: Id,
    /// HMAC-SHA-256 of the key that the browser's cookie holds.
    pub key_digest: Vec<u8>,
    /// Who is logged in.
    pub account_id: Option<Id>,
    /// Its parts, as a JSON object of texts.
    pub state: String,
    /// When it began.
    pub created_at: Instant,
    /// When a request last came with it, to the minute.
    pub last_seen_at: Instant,
}
