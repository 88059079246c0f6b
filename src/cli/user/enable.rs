//! `deskforge user enable`.

use std::io::Write;

use crate::account::lifecycle;
use crate::audit::event::Actor;
use crate::cli::failure::Failure;
use crate::cli::inert::inert;
use crate::cli::user::{Named, find};
use crate::installation::Installation;

pub(super) fn run(
    installation: &Installation,
    named: &Named,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let now = installation.clock.now();
    installation.database.write_now(|connection| {
        let account = find(connection, "email", &named.email)?;
        lifecycle::enable(connection, account.id, &Actor::command_line(), now)
    })?;
    writeln!(
        out,
        "{} is enabled; their keys stay revoked.",
        inert(&named.email)
    )?;
    Ok(())
}
