//! The chain: each event's code is made over the code before it and every byte of the event, under
//! the audit key. Whoever has no key can change, remove, add or move none without the codes after it
//! telling.

use std::fmt;

use subtle::ConstantTimeEq;

use crate::audit::key::AuditKey;

/// A code of the chain.
pub type Mac = [u8; 32];

/// What a canonical event begins with: another form would be another version.
const FORM: &[u8] = b"deskforge audit event 1\n";

/// Texts of an event.
const TEXTS: usize = 14;

/// An event as the chain sees it: every column, lent, and none of them judged.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// Its place in the chain, from 1.
    pub number: i64,
    /// Microseconds since 1970.
    pub at: i64,
    /// Its texts in the order of the table: id, actor (kind, id, name), session, key, address,
    /// request, action, subject (kind, id), account, result, detail.
    pub texts: [Option<&'a str>; TEXTS],
}

impl Fields<'_> {
    /// The one form in which an event is sealed: numbers of fixed length, and before each text
    /// whether it is there and how long it is, so that no two events have the same.
    fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(FORM);
        out.extend_from_slice(&self.number.to_be_bytes());
        out.extend_from_slice(&self.at.to_be_bytes());
        for text in self.texts {
            match text {
                None => out.push(0),
                Some(text) => {
                    out.push(1);
                    out.extend_from_slice(&(text.len() as u64).to_be_bytes());
                    out.extend_from_slice(text.as_bytes());
                }
            }
        }
    }
}

/// A place in the chain: the number and the code of the event that stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number, 0 before the first event.
    pub number: i64,
    /// The code.
    pub mac: Mac,
}

impl Link {
    /// Before the first event.
    pub const START: Self = Self {
        number: 0,
        mac: [0; 32],
    };
}

/// A walk along the chain, to add to it or to hold events against it.
#[derive(Clone)]
pub struct Walk {
    key: AuditKey,
    last: Link,
    canonical: Vec<u8>,
}

impl Walk {
    /// A walk that begins after `last`.
    #[must_use]
    pub fn after(last: Link, key: AuditKey) -> Self {
        Self {
            key,
            last,
            canonical: Vec::with_capacity(1_024),
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn last(&self) -> Link {
        self.last
    }

    /// Seals an event that comes next.
    pub fn seal(&mut self, fields: &Fields) -> Mac {
        self.last = Link {
            number: fields.number,
            mac: self.code(fields),
        };
        self.last.mac
    }

    /// Holds an event with its code against the chain.
    ///
    /// # Errors
    /// [`Broken`] where it is not what was sealed as the next one.
    pub fn check(&mut self, fields: &Fields, mac: &[u8]) -> Result<(), Broken> {
        let expected = self.last.number.saturating_add(1);
        if fields.number != expected {
            return Err(Broken::at(expected, Why::Missing(fields.number)));
        }
        let code = self.code(fields);
        if !bool::from(code.ct_eq(mac)) {
            return Err(Broken::at(expected, Why::Changed));
        }
        self.last = Link {
            number: expected,
            mac: code,
        };
        Ok(())
    }

    fn code(&mut self, fields: &Fields) -> Mac {
        fields.write(&mut self.canonical);
        self.key.events().code(&[&self.last.mac, &self.canonical])
    }
}

/// The first event that is not as it was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number.
    pub number: i64,
    /// What is wrong.
    pub why: Why,
}

impl Broken {
    /// What is wrong at a place of the chain.
    #[must_use]
    pub fn at(number: i64, why: Why) -> Self {
        Self { number, why }
    }
}

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is not there; the event of this number is in its place.
    Missing(i64),
    /// Its bytes or its code are not those that were sealed.
    Changed,
    /// The log ends before it, and its head says that it goes on to this number.
    CutOff(i64),
    /// It stands after the end that the head tells.
    BeyondHead,
    /// It is the last, and the head tells another code.
    NotTheHead,
    /// There are more events of its number, or without one.
    Surplus,
    /// The log ends before it, and a checkpoint has seen it up to this number.
    BeforeCheckpoint(i64),
    /// A checkpoint has seen another event here.
    NotTheCheckpoint,
    /// It cannot be read.
    Unreadable(String),
    /// The head of the log is not there, or is no code.
    NoHead,
}

impl fmt::Display for Broken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        write!(formatter, "Broken at event {number}: ")?;
        match &self.why {
            Why::Missing(found) => write!(formatter, "event {found} stands in its place"),
            Why::Changed => formatter.write_str("it is not what was sealed"),
            Why::CutOff(head) => write!(formatter, "it is missing, and the head is event {head}"),
            Why::BeyondHead => formatter.write_str("it stands after the head"),
            Why::NotTheHead => formatter.write_str("the head was sealed with another"),
            Why::Surplus => formatter.write_str("there are events that were never sealed"),
            Why::BeforeCheckpoint(seen) => {
                write!(
                    formatter,
                    "it is missing, and a checkpoint has seen event {seen}"
                )
            }
            Why::NotTheCheckpoint => formatter.write_str("a checkpoint has seen another one here"),
            Why::Unreadable(fault) => write!(formatter, "it cannot be read: {fault}"),
            Why::NoHead => formatter.write_str("the log has lost its head"),
        }
    }
}
