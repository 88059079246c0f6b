//! The inventory for spreadsheets and programs, a part at a time: however many keys there are, no
//! more than a few hundred of them are in memory.

use actix_web::http::header::{
    CONTENT_TYPE, ContentDisposition, DispositionParam, DispositionType,
};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::filter::Filter;
use crate::audit;
use crate::audit::event::{Action, Event};
use crate::clock::Instant;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::db::Database;
use crate::error::Error;
use crate::server::{Chunks, Pieces, State};
use crate::token::inventory::{self, Part};
use crate::token::list;

/// How keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 4180.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl",
        }
    }

    fn head(self) -> String {
        match self {
            Self::Csv => inventory::csv::head(),
            Self::JsonLines => String::new(),
        }
    }

    fn written(self, part: &Part) -> Result<String, Error> {
        match self {
            Self::Csv => Ok(inventory::csv::written(part)),
            Self::JsonLines => inventory::json_lines(part),
        }
    }
}

/// The keys that the list's filter matches, as CSV.
pub(crate) async fn csv(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
) -> Result<HttpResponse, Error> {
    of_list(state, request, member, Format::Csv).await
}

/// The same as JSON Lines.
pub(crate) async fn json_lines(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
) -> Result<HttpResponse, Error> {
    of_list(state, request, member, Format::JsonLines).await
}

async fn of_list(
    state: Data<State>,
    request: HttpRequest,
    member: Member,
    format: Format,
) -> Result<HttpResponse, Error> {
    let filter = Filter::find(&state, Form::of_query(&request)).await?;
    filter.errors.clone().or(())?;
    let keys = filter.keys(state.clock.now());
    stream(&state, member, keys, filter.words(), format).await
}

/// Notes that these keys are exported, and begins to send them.
///
/// # Errors
/// Those of the database.
pub(super) async fn stream(
    state: &State,
    member: Member,
    keys: list::Filter,
    which: Vec<String>,
    format: Format,
) -> Result<HttpResponse, Error> {
    let now = state.clock.now();
    state
        .database
        .write(move |connection| {
            let detail = json!({ "format": format.word(), "which": which });
            let (actor, action) = (member.actor(), Action::InventoryExport);
            let event = Event::done(&actor, action, None, None, &detail, now);
            audit::repository::insert(connection, &event)
        })
        .await?;
    let database = state.database.clone();
    let name = format!("keys-{}.{}", now.iso_date(), format.word());
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.content_type()))
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .body(Chunks::of(|pieces| {
            produce(database, keys, format, now, pieces)
        })))
}

async fn produce(
    database: Database,
    keys: list::Filter,
    format: Format,
    now: Instant,
    pieces: Pieces,
) -> Result<(), Error> {
    let mut text = format.head();
    let mut next = Some(list::Start::Offset(0));
    while let Some(start) = next {
        let keys = keys.clone();
        let part = database
            .read(move |connection| inventory::part(connection, &keys, start, now))
            .await?;
        text.push_str(&format.written(&part)?);
        next = part.next();
        let piece = Bytes::from(std::mem::take(&mut text));
        if piece.is_empty() || pieces.send(Ok(piece)).await.is_err() {
            break;
        }
    }
    Ok(())
}
