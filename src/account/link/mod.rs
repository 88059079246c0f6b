//! One-time links: by one of them somebody who was invited, or who forgot the password, chooses a
//! password. An account has one at most, which works once and not for ever; only its digest is kept.

pub mod lifecycle;
mod model;
pub mod repository;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

pub use model::Link;

use crate::error::Error;
use crate::secret_key::{self, MacKey};

/// Days for which an invitation works.
pub const INVITATION_DAYS: i64 = 7;
/// Hours for which a link to a new password works.
pub const RESET_HOURS: i64 = 24;

/// What a link carries: 256 random bits as text. Wiped when it goes, never printed.
pub struct Code(Zeroizing<String>);

impl Code {
    fn generate() -> Result<Self, Error> {
        let bytes = secret_key::random::<32>()?;
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(*bytes))))
    }

    /// The code itself, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What is kept of a code, and what it is found by.
#[must_use]
pub fn digest(key: &MacKey, code: &str) -> [u8; 32] {
    key.code(&[b"one-time link:", code.as_bytes()])
}
