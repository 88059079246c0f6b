//! Why a key is revoked.

use crate::dashboard::form::Form;
use crate::error::{Error, FieldErrors};

/// The reasons that are offered.
pub(crate) const REASONS: [&str; 4] = ["Compromised", "No longer needed", "Someone left", "Other"];

/// What is said where a commit's answer is lost.
const UNKNOWN: &str = "Not known. Try again; it is safe.";

/// What was chosen.
#[derive(Debug, Default)]
pub(crate) struct ReasonForm {
    /// One of the reasons, or none.
    pub(crate) reason: String,
    /// What cannot be taken.
    pub(crate) errors: FieldErrors,
}

impl ReasonForm {
    pub(crate) fn read(mut sent: Form) -> Self {
        Self {
            reason: sent.text("reason"),
            errors: sent.finish(),
        }
    }

    /// What to tell of a revocation that did not come about, or may not have.
    ///
    /// # Errors
    /// What the form cannot tell.
    pub(crate) fn faults(error: Error) -> Result<FieldErrors, Error> {
        match error {
            Error::Unavailable => Ok(FieldErrors::one(crate::dashboard::form::WHOLE, UNKNOWN)),
            other => crate::dashboard::form::faults(other),
        }
    }
}
