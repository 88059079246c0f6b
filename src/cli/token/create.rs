//! `deskforge token create`.

use std::io::Write;

use clap::Args;

use crate::audit::event::Actor;
use crate::cli::failure::Failure;
use crate::cli::user;
use crate::error::{Error, FieldErrors};
use crate::installation::Installation;
use crate::token::draft::Asked;
use crate::token::lifecycle::{self, Generated};
use crate::token::lifetime::Lifetime;
use crate::token::terms::Terms;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// The email address of the person the key is for
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// The key's name
    #[arg(long)]
    name: String,
    /// What the key may do; may be repeated [default: projects:read]
    #[arg(long)]
    scope: Vec<String>,
    /// How long the key lives, such as 90d, or never [default: as the policy has it, or 90d]
    #[arg(long, value_name = "LIFETIME")]
    expires_in: Option<String>,
    /// Where it is meant to be used: none, development, staging or production
    #[arg(long)]
    environment: Option<String>,
    /// A note about it
    #[arg(long, default_value = "", hide_default_value = true)]
    note: String,
}

pub(super) fn run(
    installation: &Installation,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let chosen = arguments.expires_in.as_deref().map(Lifetime::from_flag);
    let asked = Asked {
        name: arguments.name,
        note: arguments.note,
        environment: arguments.environment,
        scopes: (!arguments.scope.is_empty()).then_some(arguments.scope),
        ..Asked::default()
    };
    let now = installation.clock.now();
    let mint = installation.mint();
    let generated = installation.database.write_now(|connection| {
        let owner = user::find(connection, "user", &arguments.user)?;
        if owner.disabled_at.is_some() {
            let fault = format!("{} is disabled", arguments.user);
            return Err(Error::Invalid(FieldErrors::one("user", fault)));
        }
        let terms = Terms::read(connection, &owner)?;
        let lifetime = chosen.unwrap_or_else(|| Ok(terms.default_lifetime()));
        let lifetime = lifetime.map_err(|fault| ("expires_in", fault));
        let draft = asked.check(lifetime, &terms, now).map_err(by_flag)?;
        let actor = Actor::command_line();
        lifecycle::generate(connection, &mint, owner.id, draft, None, None, &actor, now)
    })?;
    let Generated::New(token, secret) = generated else {
        return Err(Error::Conflict("This key was generated before").into());
    };
    // Written through at once: a key that did not arrive is of no use to anybody, and to be told of.
    writeln!(out, "{}", secret.expose())
        .and_then(|()| out.flush())
        .map_err(|fault| Failure::KeyLost {
            id: token.id,
            fault,
        })
}

/// The end of a key is chosen by a flag of another name.
fn by_flag(error: Error) -> Error {
    match error {
        Error::Invalid(faults) => Error::Invalid(faults.renamed("expires_at", "expires_in")),
        other => other,
    }
}
