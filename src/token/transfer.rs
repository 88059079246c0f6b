//! Keys that go to another account, as their owner goes. A key goes with its whole lineage: one that
//! is being rotated, and the successor that sleeps beside it, cannot be parted.

use serde_json::json;

use crate::account::model::Account;
use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::token::epoch;
use crate::token::lifecycle::{record, record_revocation};
use crate::token::model::Token;
use crate::token::repository::{self, Whose};

/// What became of the keys of an account.
#[derive(Clone, Debug, Default)]
pub struct Left {
    /// The live keys that went to others.
    pub handed: Vec<Id>,
    /// How many were revoked.
    pub revoked: usize,
}

/// What faults of a family are told under, and what a form chooses for it by.
#[must_use]
pub fn field(family: Id) -> String {
    format!("to-{family}")
}

/// Hands families of an account's keys to other accounts, and revokes all other keys of it. No
/// request with a key that is handed over is lost: what changes of it is its owner alone, in one
/// commit. To be called with all accounts locked.
///
/// # Errors
/// [`Error::Invalid`], naming the families whose names are taken where they go.
pub fn leave(
    connection: &mut Connection,
    owner: Id,
    handed: &[(Id, Account)],
    reason: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Left, Error> {
    let mut errors = FieldErrors::default();
    let mut moving = Vec::new();
    for (family, heir) in handed {
        let kin = repository::family(connection, owner, *family)?;
        if let Some(token) = clashing(connection, &kin, heir, now)? {
            let fault = format!(
                "\"{}\" has an active key named \"{}\". Rename that one first, or choose another \
                 service account.",
                heir.name, token.name
            );
            errors.add(&field(*family), fault);
        }
        // A family without a key that works is past: it stays where it was.
        if kin.iter().any(|token| token.is_live(now)) {
            moving.extend(kin.into_iter().map(|token| (token, heir)));
        }
    }
    errors.or(())?;
    for (token, heir) in &moving {
        repository::set_owner(connection, token.id, heir.id, now)?;
    }
    let revoked = revoke_rest(connection, owner, reason, actor, now)?;
    // Once the last row is written: whoever writes one of them holds its row already.
    epoch::advance_all_of(connection, owner)?;
    let ids: Vec<Id> = moving.iter().map(|(token, _)| token.id).collect();
    if !ids.is_empty() {
        epoch::advance(connection, &ids)?;
    }
    for token in &revoked {
        record_revocation(connection, token, actor, now)?;
    }
    for (token, heir) in &moving {
        let detail = json!({ "from": owner, "to": heir.id, "to_name": heir.name });
        let token = Token {
            owner_id: heir.id,
            ..token.clone()
        };
        record(
            connection,
            actor,
            Action::TokenTransfer,
            &token,
            &detail,
            now,
        )?;
    }
    let live = moving.iter().filter(|(token, _)| token.is_live(now));
    Ok(Left {
        handed: live.map(|(token, _)| token.id).collect(),
        revoked: revoked.len(),
    })
}

/// A live key of a family whose name another key of the heir has.
fn clashing(
    connection: &mut Connection,
    kin: &[Token],
    heir: &Account,
    now: Instant,
) -> Result<Option<Token>, Error> {
    for token in kin.iter().filter(|token| token.is_live(now)) {
        let (name, family) = (&token.name, token.family_id);
        if repository::is_name_taken(connection, heir.id, name, family, now)? {
            return Ok(Some(token.clone()));
        }
    }
    Ok(None)
}

fn revoke_rest(
    connection: &mut Connection,
    owner: Id,
    reason: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Vec<Token>, Error> {
    let mut revoked = Vec::new();
    for id in repository::not_revoked(connection, owner)? {
        // Somebody may have revoked it meanwhile.
        if repository::revoke(connection, id, actor.account(), Some(reason), now)? == 1 {
            revoked.push(repository::get(connection, Whose::Everyone, id)?.token);
        }
    }
    Ok(revoked)
}
