//! What the admin of the demo has set: scopes of the operator's own, and a mild policy.

use crate::audit::event::Actor;
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::policy::{self, Policy, Rule};
use crate::token::breach::{self, Remedy};
use crate::token::scope::lifecycle::add;

/// The scopes, and what each opens.
const SCOPES: [(&str, &str); 2] = [
    ("invoices:read", "List and read invoices"),
    ("invoices:write", "Also issue and cancel them"),
];

/// Adds the scopes, before there is any key.
pub(super) fn add_scopes(
    connection: &mut Connection,
    admin: &Actor,
    at: Instant,
) -> Result<(), Error> {
    for (name, sentence) in SCOPES {
        add(connection, name, sentence, admin, at)?;
    }
    Ok(())
}

/// Sets the policy, and leaves the keys that break it.
pub(super) fn set_policy(
    connection: &mut Connection,
    admin: &Actor,
    at: Instant,
) -> Result<(), Error> {
    let wanted = Policy {
        longest_days: Some(365),
        most_keys: Some(100),
        ..policy::repository::read(connection)?
    };
    let left = Rule::ALL.map(|rule| (rule, Remedy::Leave));
    breach::apply(connection, wanted, &left, admin, at)?;
    Ok(())
}
