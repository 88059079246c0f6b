//! The audit key: derived from the secret key, and enough by itself to verify a log elsewhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::secret_key::{MacKey, SecretKey};

const FAULT: &str = "the audit key is not 32 bytes in base64, as `deskforge audit key` writes it";

/// What events and checkpoints are sealed with. Whoever has it can also make a log of their own.
#[derive(Clone)]
pub struct AuditKey {
    bytes: Zeroizing<[u8; 32]>,
    events: MacKey,
    checkpoints: MacKey,
}

impl AuditKey {
    /// The audit key of an installation.
    #[must_use]
    pub fn of(secret_key: &SecretKey) -> Self {
        Self::new(secret_key.derive_key("audit"))
    }

    /// Reads what [`AuditKey::to_base64`] wrote.
    ///
    /// # Errors
    /// [`Error::Setting`] where it is none; the error does not repeat it.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let fault = || Error::Setting(FAULT.to_owned());
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| fault())?);
        let bytes = bytes.as_slice().try_into().map_err(|_| fault())?;
        Ok(Self::new(Zeroizing::new(bytes)))
    }

    /// The key as one line, for a file.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.bytes))
    }

    /// What events are chained with.
    pub(super) fn events(&self) -> &MacKey {
        &self.events
    }

    /// What checkpoints are signed with: no code of one kind is ever one of the other.
    pub(super) fn checkpoints(&self) -> &MacKey {
        &self.checkpoints
    }

    fn new(bytes: Zeroizing<[u8; 32]>) -> Self {
        let root = MacKey::new(&bytes);
        let part = |name: &[u8]| MacKey::new(&Zeroizing::new(root.code(&[name])));
        Self {
            events: part(b"events"),
            checkpoints: part(b"checkpoints"),
            bytes,
        }
    }
}
