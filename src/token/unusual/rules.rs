//! What counts as unusual. The numbers are told on the page of the docs, which takes them from here.

use crate::clock::Instant;
use crate::id::Id;
use crate::text::{counted, grouped};

/// Days for which something unusual is told.
pub const TOLD_DAYS: i64 = 7;
/// Days after a family's first key was generated in which new callers are expected.
pub const SETTLING_DAYS: i64 = 7;
/// So many addresses or clients: with more, a new one is nothing unusual.
pub const MANY: usize = 20;
/// Days that a busy day is compared with.
pub const PAST_DAYS: i32 = 28;
/// Of those, days with a request there must be.
pub const USED_DAYS: usize = 7;
/// A day has so many times the requests of the busiest day before, and at least so many.
pub const SURGE_TIMES: i64 = 5;
/// See [`SURGE_TIMES`].
pub const SURGE_LEAST: i64 = 500;
/// Days without a request after which the next one wakes a key.
pub const ASLEEP_DAYS: i32 = 60;
/// A day has so many times the refusals of the worst day before, and at least so many.
pub const REFUSED_TIMES: i64 = 10;
/// See [`REFUSED_TIMES`].
pub const REFUSED_LEAST: i64 = 100;

/// What is unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A call from an address never seen.
    Address,
    /// A call by a client never seen.
    Client,
    /// A request after a long time without.
    Woken,
    /// Far more requests than ever.
    Surge,
    /// A burst of refusals.
    Refused,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Address,
        Self::Client,
        Self::Woken,
        Self::Surge,
        Self::Refused,
    ];

    /// The word in the database and in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Client => "client",
            Self::Woken => "woken",
            Self::Surge => "surge",
            Self::Refused => "refused",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Something unusual about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The key.
    pub token_id: Id,
    /// What kind of thing.
    pub kind: Kind,
    /// Which address, client or day.
    pub what: String,
    /// When it began.
    pub at: Instant,
    /// Why it is unusual, in a sentence.
    pub reason: String,
}

impl Finding {
    /// When it happened, where the reason does not name the day.
    #[must_use]
    pub fn instant(&self) -> Option<Instant> {
        (!matches!(self.kind, Kind::Surge | Kind::Refused)).then_some(self.at)
    }

    /// Whether it is what was acknowledged as key, kind and thing.
    pub(super) fn is(&self, (token, kind, what): &(Id, String, String)) -> bool {
        self.token_id == *token && self.kind.as_str() == kind && self.what == *what
    }
}

/// A day on which a key was called.
#[derive(Clone, Copy, Debug)]
pub struct Day {
    /// Days since 1970-01-01, in UTC.
    pub day: i32,
    /// Requests that were let through.
    pub requests: i64,
    /// Requests that were refused although the key worked.
    pub refusals: i64,
    /// The first of all of them.
    pub first_at: Instant,
}

/// Whoever used a key of the family.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The key.
    pub token_id: Id,
    /// From where.
    pub address: String,
    /// What the client called itself.
    pub client: String,
    /// When for the first time.
    pub first_at: Instant,
}

/// What is known of a key.
#[derive(Clone, Debug)]
pub struct History {
    /// The key.
    pub token_id: Id,
    /// When it was generated.
    pub created_at: Instant,
    /// When the first key of its family was.
    pub family_since: Instant,
    /// Its days, in order, as far back as the rules look.
    pub days: Vec<Day>,
    /// The callers of its family; may be left out where none is new.
    pub callers: Vec<Seen>,
}

impl History {
    /// All that is unusual now.
    #[must_use]
    pub fn judge(&self, now: Instant) -> Vec<Finding> {
        let mut found = self.newcomers(now);
        for (place, day) in self.days.iter().enumerate() {
            if day.first_at.plus_days(TOLD_DAYS) > now {
                let before = self.days.get(..place).unwrap_or_default();
                found.extend(self.woken(day, before));
                found.extend(self.surge(day, before));
                found.extend(self.refused(day, before));
            }
        }
        found
    }

    /// Addresses and clients that called this key first of all its family.
    #[must_use]
    pub fn newcomers(&self, now: Instant) -> Vec<Finding> {
        let fresh = self.callers.iter().filter(|caller| {
            caller.token_id == self.token_id
                && !caller.address.is_empty()
                && caller.first_at.plus_days(TOLD_DAYS) > now
                && self.family_since.plus_days(SETTLING_DAYS) <= caller.first_at
        });
        let mut found: Vec<Finding> = fresh.filter_map(|caller| self.newcomer(caller)).collect();
        // Of several first calls at one instant one is told.
        found.sort_by(|one, other| (one.kind, &one.what).cmp(&(other.kind, &other.what)));
        found.dedup_by(|one, other| one.kind == other.kind && one.what == other.what);
        found
    }

    fn newcomer(&self, caller: &Seen) -> Option<Finding> {
        let before = || {
            let all = self.callers.iter();
            all.filter(|one| one.first_at < caller.first_at)
        };
        let never = |of: &dyn Fn(&Seen) -> String| {
            let own = of(caller);
            let mut known: Vec<String> = before().map(of).collect();
            known.sort_unstable();
            known.dedup();
            !known.is_empty() && known.len() < MANY && !known.contains(&own)
        };
        let client = shown(&caller.client);
        if never(&|one| one.address.clone()) {
            let told = format!(
                "First call from {} ({client}), an address never seen on this key.",
                caller.address
            );
            return Some(self.finding(Kind::Address, &caller.address, caller.first_at, told));
        }
        never(&|one| without_version(&one.client).to_owned()).then(|| {
            let told = format!(
                "First call by {client} from {}, a client never seen on this key.",
                caller.address
            );
            self.finding(Kind::Client, &caller.client, caller.first_at, told)
        })
    }

    /// A request after a long time without.
    fn woken(&self, day: &Day, before: &[Day]) -> Option<Finding> {
        let asleep = |one: &Day| one.requests == 0 || one.day < day.day - ASLEEP_DAYS;
        let is_old = self.created_at.plus_days(ASLEEP_DAYS.into()) <= day.first_at;
        (day.requests > 0 && is_old && before.iter().all(asleep)).then(|| {
            let told = format!("First request after {ASLEEP_DAYS} days or more without one.");
            self.of_day(Kind::Woken, day, told)
        })
    }

    /// Far more requests than on any day before.
    fn surge(&self, day: &Day, before: &[Day]) -> Option<Finding> {
        let used = past(day, before).filter(|one| one.requests > 0).count();
        let most = past(day, before).map(|one| one.requests).max()?;
        let is_surge = used >= USED_DAYS
            && day.requests >= SURGE_LEAST
            && day.requests > most.saturating_mul(SURGE_TIMES);
        is_surge.then(|| {
            let told = format!(
                "{} on {}; the busiest of the {PAST_DAYS} days before had {}.",
                counted(day.requests, "request"),
                day.first_at.date(),
                none_or(most)
            );
            self.of_day(Kind::Surge, day, told)
        })
    }

    /// A burst of refusals of a key that works.
    fn refused(&self, day: &Day, before: &[Day]) -> Option<Finding> {
        let most = past(day, before).map(|one| one.refusals).max().unwrap_or(0);
        let is_burst =
            day.refusals >= REFUSED_LEAST && day.refusals > most.saturating_mul(REFUSED_TIMES);
        is_burst.then(|| {
            let told = format!(
                "{} on {}; the worst of the {PAST_DAYS} days before had {}.",
                counted(day.refusals, "refusal"),
                day.first_at.date(),
                none_or(most)
            );
            self.of_day(Kind::Refused, day, told)
        })
    }

    fn of_day(&self, kind: Kind, day: &Day, reason: String) -> Finding {
        let date = Instant::start_of_day(day.day).iso_date();
        self.finding(kind, &date, day.first_at, reason)
    }

    fn finding(&self, kind: Kind, what: &str, at: Instant, reason: String) -> Finding {
        Finding {
            token_id: self.token_id,
            kind,
            what: what.to_owned(),
            at,
            reason,
        }
    }
}

/// The days that a day is compared with.
fn past<'a>(day: &Day, before: &'a [Day]) -> impl Iterator<Item = &'a Day> {
    let first = day.day - PAST_DAYS;
    before.iter().filter(move |one| one.day >= first)
}

/// A client's name without its version: a new version of it is no new client.
fn without_version(client: &str) -> &str {
    client.split(['/', ' ']).next().unwrap_or_default()
}

fn none_or(count: i64) -> String {
    if count == 0 {
        "none".to_owned()
    } else {
        grouped(count)
    }
}

fn shown(client: &str) -> &str {
    if client.is_empty() {
        "a client without a name"
    } else {
        client
    }
}

#[cfg(test)]
mod tests;
