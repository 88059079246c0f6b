//! Whose key is this? A whole key, or its last four characters, and the keys that fit.

use serde_json::json;

use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::token::lifecycle::Mint;
use crate::token::repository::{self, OwnedToken};
use crate::token::secret;

/// The most keys that are told for four characters.
pub const MOST: usize = 100;

/// What is looked for.
enum Wanted {
    /// A key, by what is kept of it.
    Whole([u8; 32]),
    /// What is shaped like a key and is none.
    Mistyped,
    /// Whatever ends so.
    LastFour(String),
}

impl Wanted {
    /// Reads what was pasted, the words around a key among it.
    fn read(mint: &Mint, pasted: &str) -> Option<Self> {
        if let Some(word) = secret::found_in(pasted) {
            return Some(mint.digest_of(word).map_or(Self::Mistyped, Self::Whole));
        }
        let last = pasted.trim().trim_start_matches('…');
        let is_last = last.len() == 4 && last.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_last.then(|| Self::LastFour(last.to_owned()))
    }
}

/// The keys that fit what was pasted, dead and deleted ones too, the newest first; at most
/// [`MOST`] of them. Nothing of a whole key is kept but who has looked for it.
///
/// # Errors
/// [`Error::Invalid`] for what is neither a key nor its last four characters.
pub fn find(
    connection: &mut Connection,
    mint: &Mint,
    pasted: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Vec<OwnedToken>, Error> {
    let Some(wanted) = Wanted::read(mint, pasted) else {
        let fault = "Paste a whole key, or its last 4 characters";
        return Err(Error::Invalid(FieldErrors::one("key", fault)));
    };
    let (by, found) = match wanted {
        Wanted::Whole(digest) => ("key", repository::by_digest(connection, &digest)?),
        Wanted::Mistyped => ("key", Vec::new()),
        Wanted::LastFour(last) => {
            let most = i64::try_from(MOST).unwrap_or(i64::MAX);
            let found = repository::by_last_four(connection, &last, most)?;
            ("last_four", found)
        }
    };
    let only = match found.as_slice() {
        [one] => Some(&one.token),
        _ => None,
    };
    let event = Event::done(
        actor,
        Action::TokenFind,
        only.map(|token| token.id),
        only.map(|token| token.owner_id),
        &json!({ "by": by, "found": found.len() }),
        now,
    );
    audit::repository::insert(connection, &event)?;
    Ok(found)
}
