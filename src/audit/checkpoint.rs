//! Checkpoints: signed notes of how far the chain had come, kept outside the database. A log that
//! was cut off behind one, or replaced, is found by it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::audit::chain::{Link, Mac};
use crate::audit::key::AuditKey;
use crate::clock::Instant;

/// What its signature is made over first.
const FORM: &[u8] = b"deskforge audit checkpoint 1\n";

/// The most bytes of a line that is looked at.
pub const MOST_BYTES: usize = 1_024;

/// One note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Where the chain ended.
    pub link: Link,
    /// When that was, to the second.
    pub at: Instant,
}

/// It as a line of JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: i64,
    mac: String,
    at: String,
    signature: String,
}

/// Why a line is no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is no line of this kind.
    #[error("is no checkpoint")]
    Unreadable,
    /// Another key signed it, or it was changed since.
    #[error("is not signed with this audit key")]
    Forged,
}

impl Checkpoint {
    /// The checkpoint as a line, without its end.
    #[must_use]
    pub fn line(&self, key: &AuditKey) -> String {
        let line = Line {
            number: self.link.number,
            mac: STANDARD.encode(self.link.mac),
            at: self.at.to_string(),
            signature: STANDARD.encode(self.signature(key)),
        };
        // Four plain fields always become JSON.
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// Reads what [`Checkpoint::line`] wrote.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read(line: &[u8], key: &AuditKey) -> Result<Self, Fault> {
        let line: Line = serde_json::from_slice(line).map_err(|_| Fault::Unreadable)?;
        let checkpoint = Self {
            link: Link {
                number: line.number,
                mac: mac(&line.mac).ok_or(Fault::Unreadable)?,
            },
            // In the one form in which it is written.
            at: Instant::parse(&line.at)
                .filter(|at| at.to_string() == line.at)
                .ok_or(Fault::Unreadable)?,
        };
        let signature = mac(&line.signature).ok_or(Fault::Unreadable)?;
        let parts = checkpoint.parts();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        if key.checkpoints().verifies(&parts, &signature) {
            Ok(checkpoint)
        } else {
            Err(Fault::Forged)
        }
    }

    fn signature(&self, key: &AuditKey) -> Mac {
        let parts = self.parts();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        key.checkpoints().code(&parts)
    }

    /// All of it, each part of a fixed length.
    fn parts(&self) -> [Vec<u8>; 4] {
        [
            FORM.to_vec(),
            self.link.number.to_be_bytes().to_vec(),
            self.link.mac.to_vec(),
            self.at.rfc_3339().to_vec(),
        ]
    }
}

/// A code as JSON has it.
#[must_use]
pub fn mac(text: &str) -> Option<Mac> {
    // 44 characters are what 32 bytes take.
    let mut bytes = [0; 48];
    let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
    bytes.get(..length)?.try_into().ok()
}
