//! A one-time link as the database keeps it.

use diesel::prelude::*;

use crate::clock::Instant;
use crate::db::schema::one_time_links;
use crate::id::Id;

/// One link. The link itself is not here: only the digest of its code.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_time_links)]
pub struct Link {
    /// Whose password is chosen by it.
    pub account_id: Id,
    /// HMAC-SHA-256 of the code.
    pub digest: Vec<u8>,
    /// Digest of the form that made it.
    pub form_digest: Vec<u8>,
    /// When it was made.
    pub created_at: Instant,
    /// The instant from which on it opens nothing.
    pub expires_at: Instant,
}
