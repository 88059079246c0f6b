//! What the database holds for a page of the list of all keys. Nothing here takes longer for many
//! keys than for a thousand: so far they are counted, and beyond that pages go on from key to key.

use super::filter::Turn;
use super::owners;
use crate::account::model::Account;
use crate::clock::Instant;
use crate::dashboard::pager;
use crate::dashboard::tokens::row::{self, Row};
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::text::{counted, grouped};
use crate::token::list::repository::{count_to, page, part, some};
use crate::token::list::{self, Order, Position, Start, Total};
use crate::token::repository::{self, OwnedToken, Whose};
use crate::token::scope::repository::{Offer, offers};

/// So many keys are counted.
const MOST: i64 = 1_000;

/// What a page asks for.
pub(super) struct Asked {
    pub(super) filter: list::Filter,
    pub(super) order: Order,
    pub(super) page: i64,
    pub(super) turn: Turn,
    pub(super) reader: Account,
    /// Whether any of them can be revoked.
    pub(super) may_revoke: bool,
}

/// What it gets.
pub(super) struct Found {
    pub(super) all: Total,
    pub(super) matching: Total,
    pub(super) revocable: Total,
    /// None where there are too many to choose from.
    pub(super) owners: Option<Vec<Account>>,
    pub(super) offers: Vec<Offer>,
    pub(super) rows: Vec<(Row, Account)>,
    /// Whether a page follows.
    pub(super) goes_on: bool,
}

impl Found {
    pub(super) fn read(
        connection: &mut Connection,
        asked: &Asked,
        now: Instant,
    ) -> Result<Self, Error> {
        let all = total(connection, &list::Filter::default(), now)?;
        let matching = total(connection, &asked.filter, now)?;
        let live = list::Filter {
            is_live: true,
            ..asked.filter.clone()
        };
        let revocable = match matching {
            _ if !asked.may_revoke => Total::Exactly(0),
            Total::Exactly(_) => total(connection, &live, now)?,
            // The page that asks tells how many of so many work.
            Total::MoreThan(_) => matching,
        };
        let (owned, goes_on) = match matching {
            Total::Exactly(count) => {
                let ids = some(connection, Whose::Everyone, &asked.filter, count, now)?;
                let few = list::Filter {
                    ids: Some(ids),
                    ..list::Filter::default()
                };
                let offset = pager::offset(asked.page, count);
                let keys = Whose::Everyone;
                let order = asked.order;
                let owned = part(
                    connection,
                    keys,
                    &few,
                    order,
                    offset,
                    count,
                    pager::ROWS,
                    now,
                )?;
                (owned, offset + pager::ROWS < count)
            }
            Total::MoreThan(_) => of_many(connection, asked, now)?,
        };
        let (tokens, accounts): (Vec<_>, Vec<_>) = owned
            .into_iter()
            .map(|owned| (owned.token, owned.owner))
            .unzip();
        let rows = row::with_usage(connection, tokens, now)?;
        Ok(Self {
            all,
            matching,
            revocable,
            owners: owners::offered(connection)?,
            offers: offers(connection, &asked.reader)?,
            rows: rows.into_iter().zip(accounts).collect(),
            goes_on,
        })
    }

    /// "1,204 of 96,310 keys match."
    pub(super) fn summary(&self, is_wide: bool) -> String {
        match (self.matching, is_wide) {
            (Total::Exactly(count), true) => format!("{}.", counted(count, "key")),
            (Total::MoreThan(count), true) => format!("More than {} keys.", grouped(count)),
            (Total::MoreThan(count), false) => format!("More than {} keys match.", grouped(count)),
            (Total::Exactly(count), false) => {
                let all = match self.all {
                    Total::Exactly(all) => counted(all, "key"),
                    Total::MoreThan(all) => format!("more than {} keys", grouped(all)),
                };
                let verb = if count == 1 { "matches" } else { "match" };
                format!("{} of {all} {verb}.", grouped(count))
            }
        }
    }

    /// What the way to revoke all of them says, where any can be. There is none to every key of
    /// everybody.
    pub(super) fn revoke_all(&self, is_wide: bool) -> Option<String> {
        match (self.revocable, self.matching) {
            (Total::Exactly(0), _) => None,
            _ if is_wide => None,
            (Total::MoreThan(_), _) => Some("Revoke all that match".to_owned()),
            (Total::Exactly(count), Total::Exactly(matching)) if count == matching => {
                Some(format!("Revoke all {}", grouped(count)))
            }
            (Total::Exactly(count), _) => Some(format!("Revoke the {} that work", grouped(count))),
        }
    }
}

/// How many fit.
fn total(connection: &mut Connection, filter: &list::Filter, now: Instant) -> Result<Total, Error> {
    count_to(connection, Whose::Everyone, filter, MOST + 1, now).map(of)
}

/// What is said of a number that was counted up to one more than [`MOST`].
fn of(count: i64) -> Total {
    if count > MOST {
        Total::MoreThan(MOST)
    } else {
        Total::Exactly(count)
    }
}

/// The rows of a page where many fit, and whether more follow.
fn of_many(
    connection: &mut Connection,
    asked: &Asked,
    now: Instant,
) -> Result<(Vec<OwnedToken>, bool), Error> {
    let start = match asked.turn {
        Turn::Number => Start::Offset((asked.page - 1) * pager::ROWS),
        Turn::After(id) => Start::After(id, position(connection, id, asked.order)?),
        Turn::Before(id) => Start::Before(id, position(connection, id, asked.order)?),
    };
    let is_back = matches!(asked.turn, Turn::Before(_));
    let more = pager::ROWS + i64::from(!is_back);
    let (keys, filter) = (Whose::Everyone, &asked.filter);
    let mut owned = page(connection, keys, filter, asked.order, start, more, now)?;
    let rows = usize::try_from(pager::ROWS).unwrap_or(usize::MAX);
    let goes_on = is_back || owned.len() > rows;
    owned.truncate(rows);
    Ok((owned, goes_on))
}

fn position(connection: &mut Connection, id: Id, order: Order) -> Result<Position, Error> {
    let token = repository::get(connection, Whose::Everyone, id)?.token;
    Ok(Position::of(&token, order.sort))
}
