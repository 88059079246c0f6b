//! `deskforge user enable`.

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
    named.change(installation, lifecycle::enable)?;
    writeln!(
        out,
        "{} is enabled; their keys stay revoked.",
        inert(&named.email)
    )?;
    Ok(())
}
