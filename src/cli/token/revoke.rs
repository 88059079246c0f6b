//! `deskforge token revoke`.

use std::io::Write;

use clap::Args;

use crate::audit::event::Actor;
use crate::cli::failure::Failure;
use crate::clock::Instant;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::inert::inert;
use crate::installation::Installation;
use crate::token::lifecycle;
use crate::token::repository::Whose;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The key's id, as `token list` tells it
    id: Id,
    /// Why
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

pub(super) fn run(
    installation: &Installation,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let now = installation.clock.now();
    let revoked = installation.database.write_now(|connection| {
        let (keys, actor) = (Whose::Everyone, Actor::command_line());
        lifecycle::revoke(
            connection,
            keys,
            arguments.id,
            &arguments.reason,
            &actor,
            now,
        )
    });
    let token = match revoked {
        Ok(owned) => owned.token,
        Err(Error::NotFound) => {
            let fault = format!("No key has the id {}", arguments.id);
            return Err(Error::Invalid(FieldErrors::one("id", fault)).into());
        }
        Err(other) => return Err(other.into()),
    };
    let since = token.revoked_at.map(Instant::exact).unwrap_or_default();
    writeln!(
        out,
        "{} \"{}\" is revoked since {since}.",
        token.hint(),
        inert(&token.name)
    )?;
    Ok(())
}
