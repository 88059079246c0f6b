//! `deskforge migrate`.

use std::io::Write;

use crate::cli::failure::Failure;
use crate::installation::Installation;
use crate::text::counted;

/// Opening the installation has done it; here it is told.
pub(super) fn run(installation: &Installation, out: &mut impl Write) -> Result<(), Failure> {
    let url = &installation.settings.database_url;
    match installation.database.migrated() {
        [] => writeln!(out, "{url:?} was up to date.")?,
        versions => writeln!(
            out,
            "{url:?} is up to date: ran {}, {}.",
            counted(versions.len(), "migration"),
            versions.join(", "),
        )?,
    }
    Ok(())
}
