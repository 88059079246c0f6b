//! The log as people read it: newest first, narrowed to what they look for.

pub mod repository;

use std::fmt;
use std::str::FromStr;

use crate::audit::model::Record;
use crate::clock::Instant;
use crate::id::Id;

/// Whose events may be seen.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// Those about the things of one account.
    Account(Id),
    /// All of them: for admins.
    Everyone,
}

/// How something ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was not allowed.
    Denied,
}

impl Outcome {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Done, Self::Denied];

    /// The word in the database and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied => "denied",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == name)
    }
}

/// Which events are meant; what is none leaves all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those that an account did, or that were done to what is its own.
    pub person: Option<Id>,
    /// Those that were done with a key, or to it: of any of these.
    pub keys: Option<Vec<Id>>,
    /// Those of an action, by its word.
    pub action: Option<String>,
    /// Those that ended so.
    pub result: Option<Outcome>,
    /// Those from an address.
    pub address: Option<String>,
    /// Those from this instant on.
    pub from: Option<Instant>,
    /// Those before this instant.
    pub until: Option<Instant>,
}

/// A place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// When the event there happened.
    pub at: Instant,
    /// Its number.
    pub number: i64,
}

/// Both numbers with a dot between, as addresses and cursors have it.
impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.at.micros(), self.number)
    }
}

impl Position {
    /// Where an event stands.
    #[must_use]
    pub const fn of(record: &Record) -> Self {
        Self {
            at: record.event.at,
            number: record.number,
        }
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, number) = text.split_once('.').ok_or(())?;
        let at = Instant::from_micros(at.parse().map_err(drop)?);
        let number = number.parse().map_err(drop)?;
        Ok(Self { at, number })
    }
}
