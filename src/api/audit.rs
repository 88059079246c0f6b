//! `/audit`: the audit log, for admins' keys.

use actix_web::web::{Data, Json};
use serde::Serialize;
use serde_json::Value;

use crate::api::cursor::{self, Page};
use crate::api::query::Query;
use crate::audit::log::{Filter, Outcome, Position, Whose, repository};
use crate::audit::model::Record;
use crate::clock::Instant;
use crate::error::Error;
use crate::id::Id;
use crate::server::State;

/// The most characters of a word that is looked for.
const MOST: usize = 64;

/// An event.
#[derive(Serialize)]
pub(crate) struct View {
    number: i64,
    id: Id,
    at: Instant,
    actor: Actor,
    session_id: Option<Id>,
    token_id: Option<Id>,
    address: Option<String>,
    request_id: Option<String>,
    action: String,
    subject: Subject,
    account_id: Option<Id>,
    result: String,
    detail: Value,
}

#[derive(Serialize)]
struct Actor {
    kind: String,
    id: Option<Id>,
    name: String,
}

#[derive(Serialize)]
struct Subject {
    kind: String,
    id: Option<Id>,
}

impl From<Record> for View {
    fn from(Record { number, event }: Record) -> Self {
        Self {
            number,
            id: event.id,
            at: event.at,
            actor: Actor {
                kind: event.actor_kind,
                id: event.actor_id,
                name: event.actor_name,
            },
            session_id: event.session_id,
            token_id: event.token_id,
            address: event.address,
            request_id: event.request_id,
            action: event.action,
            subject: Subject {
                kind: event.subject_kind,
                id: event.subject_id,
            },
            account_id: event.account_id,
            result: event.result,
            detail: serde_json::from_str(&event.detail).unwrap_or_default(),
        }
    }
}

/// A page of events, newest first.
pub(crate) async fn list(state: Data<State>, mut query: Query) -> Result<Json<Page<View>>, Error> {
    let limit = query.limit();
    let after = query.parsed("cursor", "Is not a cursor of this list", cursor::read);
    let word = |text: &str| {
        let is_word = text.len() <= MOST && text.chars().all(|one| one.is_ascii_graphic());
        is_word.then(|| text.to_owned())
    };
    let id = |text: &str| text.parse().ok();
    let filter = Filter {
        person: query.parsed("person", "Must be the id of an account", id),
        keys: query
            .parsed("key", "Must be the id of a key", id)
            .map(|key| vec![key]),
        action: query.parsed("action", "Must be an action such as token.revoke", word),
        result: query.parsed("result", "Must be done or denied", Outcome::named),
        address: query.parsed("address", "Must be an address such as 10.0.4.17", |text| {
            let address: std::net::IpAddr = text.parse().ok()?;
            Some(address.to_string())
        }),
        from: query.instant("from"),
        until: query.instant("to"),
    };
    query.finish()?;
    let rows = state
        .database
        .read(move |connection| {
            repository::page(connection, Whose::Everyone, &filter, after, limit + 1)
        })
        .await?;
    let cursor = |last: &Record| cursor::after(Position::of(last));
    Ok(Json(Page::new(rows, limit, cursor, View::from)))
}
