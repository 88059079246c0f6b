//! What the database holds for the page of one key.

use super::evidence;
use super::history::Line;
use super::pauses::Pause;
use crate::account::model::Account;
use crate::clock::Instant;
use crate::dashboard::chart::Count;
use crate::dashboard::verdict::Evidence;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token::model::{Status, Token};
use crate::token::repository::{self, OwnedToken, Whose};
use crate::token::scope::Scopes;
use crate::token::scope::repository::{self as scopes, Offer};
use crate::token::unused::Demanded;
use crate::token::unusual::{self, Finding};
use crate::token::usage;
use crate::token::usage::Caller;
use crate::token::usage::callers::repository::{known, refused};

/// Days for which callers, and a pause that is over, are told.
const DAYS: i32 = 30;
/// The most callers that are listed.
pub(in crate::dashboard) const CALLERS: usize = 100;

/// All that is read.
pub(in crate::dashboard) struct Facts {
    pub(in crate::dashboard) token: Token,
    pub(in crate::dashboard) owner: Account,
    pub(in crate::dashboard) evidence: Evidence,
    /// What is odd about its use.
    pub(in crate::dashboard) unusual: Vec<Finding>,
    /// The callers of the last days, the one seen last first; one more than are listed tells that
    /// there are more.
    pub(in crate::dashboard) callers: Vec<Caller>,
    /// The last pause, if that is over, and who was refused then.
    pub(in crate::dashboard) pause: Option<(Instant, Vec<Caller>)>,
    pub(in crate::dashboard) usage: Vec<Count>,
    pub(in crate::dashboard) scopes: Vec<Held>,
    /// Whether some requests left open which scope they need.
    pub(in crate::dashboard) is_open: bool,
    pub(in crate::dashboard) lineage: Vec<(&'static str, Token)>,
    pub(in crate::dashboard) history: Vec<Line>,
}

impl Facts {
    /// Reads them for a reader, usage from `first_day` on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(in crate::dashboard) fn read(
        connection: &mut Connection,
        keys: Whose,
        reader: &Account,
        id: Id,
        first_day: i32,
        now: Instant,
    ) -> Result<Self, Error> {
        let OwnedToken { token, owner } = repository::get(connection, keys, id)?;
        let events = evidence::events(connection, &token)?;
        let pause = Pause::last(&events);
        let offers = scopes::known(connection, reader)?;
        let demanded = Demanded::read(connection, &token, now)?;
        let usage = usage::repository::days(connection, id, first_day)?;
        let most = i64::try_from(CALLERS + 1).unwrap_or(i64::MAX);
        // What a dead key did is told by its verdict.
        let live = if token.is_live(now) {
            std::slice::from_ref(&token)
        } else {
            &[]
        };
        Ok(Self {
            unusual: unusual::findings(connection, live, now)?,
            evidence: evidence::read(connection, &token, pause.as_ref(), now)?,
            callers: known(connection, id, now.day() - DAYS + 1, most)?,
            pause: past(connection, &token, pause, now)?,
            usage: usage.iter().map(Count::from).collect(),
            scopes: held(&token, &offers, &demanded, now),
            is_open: demanded.is_open() && token.scopes.iter().count() > 1,
            lineage: lineage(connection, owner.id, &token),
            history: events.into_iter().map(Line::from).collect(),
            token,
            owner,
        })
    }
}

/// When a pause that ended not long ago did so, and who was refused meanwhile.
fn past(
    connection: &mut Connection,
    token: &Token,
    pause: Option<Pause>,
    now: Instant,
) -> Result<Option<(Instant, Vec<Caller>)>, Error> {
    let ended = pause.filter(|pause| pause.is_over(now) && token.status(now) != Status::Paused);
    let Some((from, end)) = ended.and_then(|pause| Some((pause.from, pause.until?))) else {
        return Ok(None);
    };
    if end.plus_days(i64::from(DAYS)) <= now {
        return Ok(None);
    }
    Ok(Some((end, refused(connection, token.id, from, Some(end))?)))
}

/// The keys before and after it, those that are off the list, too.
fn lineage(connection: &mut Connection, owner: Id, token: &Token) -> Vec<(&'static str, Token)> {
    let kin = [
        ("Replaces", token.replaces),
        ("Replaced by", token.replaced_by),
    ];
    kin.into_iter()
        .filter_map(|(relation, id)| {
            let kin = repository::get(connection, Whose::History(owner), id?).ok()?;
            Some((relation, kin.token))
        })
        .collect()
}

/// A scope of the key.
pub(in crate::dashboard) struct Held {
    pub(in crate::dashboard) name: String,
    /// What it opens, where that is known to the reader.
    pub(in crate::dashboard) description: String,
    /// Whether nobody demanded it for long.
    pub(in crate::dashboard) is_unused: bool,
    /// The narrower scope that is in use instead of it.
    pub(in crate::dashboard) narrower: Option<String>,
}

fn held(token: &Token, offers: &[Offer], demanded: &Demanded, now: Instant) -> Vec<Held> {
    let opens = |name: &str| {
        let offer = offers.iter().find(|offer| offer.name == name);
        offer.map(|offer| offer.description.clone())
    };
    let scopes = token.scopes.iter().map(|name| {
        let rest = demanded
            .without(&token.scopes, name)
            .filter(|_| token.is_live(now));
        let narrower = rest.iter().flat_map(Scopes::iter);
        let mut narrower = narrower.filter(|left| token.scopes.iter().all(|held| held != *left));
        Held {
            name: name.to_owned(),
            description: opens(name).unwrap_or_default(),
            is_unused: rest.is_some(),
            narrower: narrower.next().map(str::to_owned),
        }
    });
    scopes.collect()
}
