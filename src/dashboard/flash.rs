//! What happened, told on the next page.

use actix_session::Session;
use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};

use crate::dashboard::redirect::see_other;
use crate::error::Error;

/// The part of the session's state that holds it.
const PART: &str = "flash";

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// As asked.
    Done,
    /// It was refused.
    NotDone,
    /// Something to know.
    Note,
}

/// One sentence or two for the message slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flash {
    /// How it ended.
    pub(crate) kind: Kind,
    /// The sentences, without the first word.
    pub(crate) text: String,
}

impl Flash {
    /// "Done. {text}"
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self {
            kind: Kind::Done,
            text: text.into(),
        }
    }

    /// "Not done. {text}"
    pub(crate) fn not_done(text: impl Into<String>) -> Self {
        Self {
            kind: Kind::NotDone,
            text: text.into(),
        }
    }

    /// "Note. {text}"
    pub(crate) fn note(text: impl Into<String>) -> Self {
        Self {
            kind: Kind::Note,
            text: text.into(),
        }
    }

    /// Leads to the page at `path`, which will tell this.
    ///
    /// # Errors
    /// When the session does not take it, which is a fault of the program.
    pub(crate) fn on(self, session: &Session, path: &str) -> Result<HttpResponse, Error> {
        session
            .insert(PART, self)
            .map_err(|error| Error::Internal(error.to_string()))?;
        Ok(see_other(path))
    }

    /// What is to be told on this page, and then no more. Where there is nothing the session stays
    /// untouched: a page that is only looked at writes nothing.
    pub(crate) fn take(session: &Session) -> Option<Self> {
        session
            .contains_key(PART)
            .then(|| session.remove_as(PART))
            .flatten()
            .and_then(Result::ok)
    }

    /// The first word, which the title begins with too.
    pub(crate) fn word(&self) -> &'static str {
        match self.kind {
            Kind::Done => "Done",
            Kind::NotDone => "Not done",
            Kind::Note => "Note",
        }
    }

    /// Its look.
    pub(crate) fn class(&self) -> &'static str {
        match self.kind {
            Kind::Done => "done",
            Kind::NotDone => "failed",
            Kind::Note => "note",
        }
    }
}
