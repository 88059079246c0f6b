//! Unusual activity, from usage alone: by rules simple enough to be told to people.
//!
//! [`rules`] judges what [`repository`] has read. What a key's owner has called their own doing
//! stays acknowledged.

pub mod repository;
pub mod rules;

use serde_json::json;

use crate::audit::event::{Action, Actor};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token::lifecycle::record;
use crate::token::model::Token;
use crate::token::repository::{Whose, get};

pub use rules::{Finding, Kind};

/// What is unusual about these keys and not acknowledged, the latest first.
///
/// # Errors
/// Those of the database.
pub fn findings(
    connection: &mut Connection,
    tokens: &[Token],
    now: Instant,
) -> Result<Vec<Finding>, Error> {
    let histories = repository::histories(connection, tokens, now)?;
    let found = histories.iter().flat_map(|history| history.judge(now));
    unacknowledged(connection, found.collect())
}

/// The same, but only who has called for the first time: that much can be asked of many keys.
///
/// # Errors
/// Those of the database.
pub fn newcomers(
    connection: &mut Connection,
    tokens: &[Token],
    now: Instant,
) -> Result<Vec<Finding>, Error> {
    let histories = repository::histories_of_newcomers(connection, tokens, now)?;
    let found = histories.iter().flat_map(|history| history.newcomers(now));
    unacknowledged(connection, found.collect())
}

fn unacknowledged(
    connection: &mut Connection,
    mut found: Vec<Finding>,
) -> Result<Vec<Finding>, Error> {
    if found.is_empty() {
        return Ok(found);
    }
    let ids: Vec<Id> = found.iter().map(|finding| finding.token_id).collect();
    let known = repository::acknowledged(connection, &ids)?;
    found.retain(|finding| !known.iter().any(|one| finding.is(one)));
    found.sort_by_key(|finding| std::cmp::Reverse(finding.at));
    Ok(found)
}

/// "This was me": what was found is not told again. What is not there, or no more, is no error.
///
/// # Errors
/// [`Error::NotFound`] for a key of somebody else.
pub fn acknowledge(
    connection: &mut Connection,
    owner: Id,
    id: Id,
    kind: Kind,
    what: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Token, Error> {
    let token = get(connection, Whose::Account(owner), id)?.token;
    // Only what was found is kept: nobody fills the table with what they like.
    let found = findings(connection, std::slice::from_ref(&token), now)?;
    let meant = found
        .into_iter()
        .find(|finding| finding.kind == kind && finding.what == what);
    if let Some(finding) = meant
        && repository::acknowledge(connection, &finding, owner, now)?
    {
        let detail = json!({ "kind": kind.as_str(), "what": what, "told": finding.reason });
        record(
            connection,
            actor,
            Action::TokenAcknowledge,
            &token,
            &detail,
            now,
        )?;
    }
    Ok(token)
}
