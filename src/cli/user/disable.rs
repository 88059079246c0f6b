//! `deskforge user disable`.

use std::io::Write;

use crate::account::lifecycle;
use crate::cli::failure::Failure;
use crate::cli::user::Named;
use crate::inert::inert;
use crate::installation::Installation;

pub(super) fn run(
    installation: &Installation,
    named: &Named,
    out: &mut impl Write,
) -> Result<(), Failure> {
    named.change(installation, lifecycle::disable)?;
    writeln!(
        out,
        "{} is disabled: their sessions ended, their keys are revoked.",
        inert(&named.email)
    )?;
    Ok(())
}
