//! `deskforge audit key`.

use std::io::Write;

use crate::audit::key::AuditKey;
use crate::cli::failure::Failure;
use crate::config::{Flags, Settings};
use crate::error::Error;

pub(super) fn run(flags: Flags, out: &mut impl Write) -> Result<(), Failure> {
    let key = of(&Settings::from(flags))?;
    writeln!(out, "{}", *key.to_base64())?;
    Ok(())
}

/// The audit key of the installation, whose database is not looked at.
///
/// # Errors
/// [`Error::Setting`] where there is no secret key.
pub(super) fn of(settings: &Settings) -> Result<AuditKey, Error> {
    let secret_key = settings.secret_key()?.ok_or_else(|| {
        Error::Setting(format!(
            "{} is missing",
            settings.secret_key_file().display()
        ))
    })?;
    Ok(AuditKey::of(&secret_key))
}
