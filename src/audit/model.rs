//! An event as the database keeps it: with its place in the chain.

use diesel::prelude::*;

use crate::audit::chain::{Fields, Link, Walk};
use crate::audit::event::Event;
use crate::db::schema::audit_events;

/// An event and its number.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub struct Record {
    /// Its place in the chain.
    pub number: i64,
    /// What happened.
    #[diesel(embed)]
    pub event: Event,
}

/// A row as it is written and as the verifier reads it: no column is taken for what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub struct Row {
    pub(super) number: i64,
    pub(super) id: String,
    pub(super) at: i64,
    pub(super) actor_kind: String,
    pub(super) actor_id: Option<String>,
    pub(super) actor_name: String,
    pub(super) session_id: Option<String>,
    pub(super) token_id: Option<String>,
    pub(super) address: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) action: String,
    pub(super) subject_kind: String,
    pub(super) subject_id: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) result: String,
    pub(super) detail: String,
    pub(super) mac: Vec<u8>,
}

impl Row {
    /// The event as the next one of the chain.
    #[must_use]
    pub fn sealed(event: Event, walk: &mut Walk) -> Self {
        let text = |id: Option<crate::id::Id>| id.map(|id| id.to_string());
        let mut row = Self {
            number: walk.last().number.saturating_add(1),
            id: event.id.to_string(),
            at: event.at.micros(),
            actor_kind: event.actor_kind,
            actor_id: text(event.actor_id),
            actor_name: event.actor_name,
            session_id: text(event.session_id),
            token_id: text(event.token_id),
            address: event.address,
            request_id: event.request_id,
            action: event.action,
            subject_kind: event.subject_kind,
            subject_id: text(event.subject_id),
            account_id: text(event.account_id),
            result: event.result,
            detail: event.detail,
            mac: Vec::new(),
        };
        row.mac = walk.seal(&row.fields()).to_vec();
        row
    }

    /// Its place in the chain.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// Its code, whatever its length.
    #[must_use]
    pub fn mac(&self) -> &[u8] {
        &self.mac
    }

    /// Its place in the chain and its code; none where that is no code.
    #[must_use]
    pub fn link(&self) -> Option<Link> {
        let mac = self.mac.as_slice().try_into().ok()?;
        Some(Link {
            number: self.number,
            mac,
        })
    }

    /// The event as the chain sees it.
    #[must_use]
    pub fn fields(&self) -> Fields<'_> {
        Fields {
            number: self.number,
            at: self.at,
            texts: [
                Some(&self.id),
                Some(&self.actor_kind),
                self.actor_id.as_deref(),
                Some(&self.actor_name),
                self.session_id.as_deref(),
                self.token_id.as_deref(),
                self.address.as_deref(),
                self.request_id.as_deref(),
                Some(&self.action),
                Some(&self.subject_kind),
                self.subject_id.as_deref(),
                self.account_id.as_deref(),
                Some(&self.result),
                Some(&self.detail),
            ],
        }
    }
}
