//! Identifiers of rows.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use uuid::Uuid;

/// Characters of a written UUID.
const LENGTH: usize = uuid::fmt::Hyphenated::LENGTH;

/// A `UUIDv7` (RFC 9562 section 5.7) in its written form: 36 characters in lower case. Ids made later
/// sort later, so an id is also a page's cursor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; LENGTH]);

impl Id {
    /// A new id, later in order than every one this process made before.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "no two are alike, so none is the default"
    )]
    pub fn new() -> Self {
        Self::written(Uuid::now_v7())
    }

    /// A random id (`UUIDv4`), in no order: for what is named often and kept nowhere. It neither asks
    /// the system for bytes nor takes the lock under which the others are put in order.
    #[must_use]
    pub fn unordered() -> Self {
        Self::written(uuid::Builder::from_random_bytes(rand::random()).into_uuid())
    }

    /// The written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The bytes are hexadecimal digits and hyphens, so the empty default is never taken.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The bytes of the written form, for where nobody asks for a text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The 128 bits of it, for where many are held in memory.
    #[must_use]
    pub fn number(self) -> u128 {
        Uuid::try_parse(self.as_str()).map_or(0, |uuid| uuid.as_u128())
    }

    /// The id of these bits.
    #[must_use]
    pub fn from_number(number: u128) -> Self {
        Self::written(Uuid::from_u128(number))
    }

    fn written(uuid: Uuid) -> Self {
        let mut text = [0; LENGTH];
        uuid.hyphenated().encode_lower(&mut text);
        Self(text)
    }
}

/// The text is not an id.
#[derive(Debug, thiserror::Error)]
#[error("not a UUID in lower case with hyphens")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    /// Reads the one written form, so that a row has one URL.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let id = Self::written(Uuid::try_parse(text).map_err(|_| NotAnId)?);
        if id.as_str() == text {
            Ok(id)
        } else {
            Err(NotAnId)
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
