//! The secret key of an installation and the keys derived from it.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::error::Error;

/// The fewest bytes a secret key may have.
const LEAST_BYTES: usize = 32;

/// Random bytes of the system's, for what nobody must guess.
///
/// # Errors
/// When the system gives none.
pub fn random<const BYTES: usize>() -> Result<Zeroizing<[u8; BYTES]>, Error> {
    let mut bytes = Zeroizing::new([0; BYTES]);
    SysRng
        .try_fill_bytes(&mut *bytes)
        .map_err(|error| Error::Internal(error.to_string()))?;
    Ok(bytes)
}

/// A key for HMAC-SHA-256 (RFC 2104), ready to use: clones share the work of keying.
#[derive(Clone)]
pub struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// The key of these bytes.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        // Padding with zeros to the block's length is what RFC 2104 does to a short key.
        let mut block = Zeroizing::new([0; 64]);
        for (to, from) in block.iter_mut().zip(key) {
            *to = *from;
        }
        Self(Hmac::new((&*block).into()))
    }

    /// The code of `parts` joined. Where a part's length is not fixed, it comes last.
    #[must_use]
    pub fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Half of the code of `parts` in hexadecimal: a name of 128 bits.
    #[must_use]
    pub fn name(&self, parts: &[&[u8]]) -> String {
        let code = self.code(parts);
        code.iter()
            .take(16)
            .fold(String::new(), |name, byte| name + &format!("{byte:02x}"))
    }

    /// Whether `code` is the code of `parts`, in a time that does not tell where they differ.
    #[must_use]
    pub fn verifies(&self, parts: &[&[u8]], code: &[u8]) -> bool {
        self.code(parts).ct_eq(code).into()
    }
}

/// The installation's secret: never stored in the database, the same on every node.
#[derive(Clone)]
pub struct SecretKey {
    id: String,
    root: MacKey,
}

/// Shows the id alone.
impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SecretKey({})", self.id)
    }
}

impl SecretKey {
    /// Reads a secret key written in base64.
    ///
    /// # Errors
    /// When the text is not base64 or holds fewer than 32 bytes; the error does not repeat it.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let bytes = Zeroizing::new(
            STANDARD
                .decode(text.trim())
                .map_err(|_| Error::Setting("the secret key is not base64".to_owned()))?,
        );
        if bytes.len() < LEAST_BYTES {
            return Err(Error::Setting(
                "the secret key has fewer than 32 bytes".to_owned(),
            ));
        }
        let root = MacKey::new(&Sha256::digest(&bytes).into());
        let id = root.name(&[b"id"]);
        Ok(Self { id, root })
    }

    /// Reads the secret key from a file; none where there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read or holds no secret key.
    pub fn load(path: &Path) -> Result<Option<Self>, Error> {
        match fs::read_to_string(path).map(Zeroizing::new) {
            Ok(text) => Self::from_base64(&text).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::Setting(format!("{}: {error}", path.display()))),
        }
    }

    /// Makes a secret key and writes it, for its owner alone to read, to a file that must not exist.
    ///
    /// # Errors
    /// When the file exists or cannot be written, or the system gives no random bytes.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let bytes = random::<LEAST_BYTES>()?;
        let text = Zeroizing::new(STANDARD.encode(*bytes));
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .map_err(|error| Error::Setting(format!("{}: {error}", path.display())))?;
        Self::from_base64(&text)
    }

    /// Tells secret keys apart without telling anything of them.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key for one purpose; keys of different purposes tell nothing of each other.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> MacKey {
        MacKey::new(&self.derive_key(purpose))
    }

    /// The bytes of that key, for those who take it to another machine.
    #[must_use]
    pub fn derive_key(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.root.code(&[b"derive:", purpose.as_bytes()]))
    }

    /// 64 bytes for one purpose, for libraries that key themselves.
    #[must_use]
    pub fn derive_bytes(&self, purpose: &str) -> Zeroizing<Vec<u8>> {
        let key = self.derive(purpose);
        Zeroizing::new([key.code(&[&[1]]), key.code(&[&[2]])].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_4231() {
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let code = MacKey::new(&key).code(&[b"what do ya want ", b"for nothing?"]);
        assert_eq!(code[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert!(MacKey::new(&key).verifies(&[b"what do ya want for nothing?"], &code));
        assert!(!MacKey::new(&key).verifies(&[b"what do ya want for nothing?"], &code[..31]));
    }

    #[test]
    fn a_short_or_garbled_secret_key_is_refused_without_repeating_it() {
        for text in ["", "c2hvcnQ=", "not base64!"] {
            let error = SecretKey::from_base64(text).err().unwrap().to_string();
            assert!(text.is_empty() || !error.contains(text));
        }
    }

    #[test]
    fn purposes_have_keys_of_their_own() {
        let secret = SecretKey::from_base64(&STANDARD.encode([7; 32])).unwrap();
        assert_ne!(
            secret.derive("a").code(&[b"x"]),
            secret.derive("b").code(&[b"x"])
        );
        assert_eq!(secret.derive_bytes("cookie").len(), 64);
        assert_eq!(secret.id().len(), 32);
    }
}
