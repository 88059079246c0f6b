//! The log as a file, sent while it is read.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Bytes, Data};
use serde_json::json;

use crate::audit::chain::Link;
use crate::audit::copy::part;
use crate::audit::event::{Action, Event};
use crate::audit::repository;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::error::Error;
use crate::server::{Chunks, Pieces, State};

/// Sends the log up to the event that tells of this.
pub(crate) async fn send(
    state: Data<State>,
    member: Member,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let (actor, now) = (member.actor(), state.clock.now());
    let event = Event::done(&actor, Action::AuditExport, None, None, &json!({}), now);
    state
        .database
        .write(move |connection| repository::insert(connection, &event))
        .await?;
    let head = state.database.read(repository::head).await?;
    let name = format!("attachment; filename=\"audit-{}.jsonl\"", now.iso_date());
    Ok(HttpResponse::Ok()
        .content_type("application/jsonl")
        .insert_header((CONTENT_DISPOSITION, name))
        .body(Chunks::of(|pieces| produce(state, head, pieces))))
}

async fn produce(state: Data<State>, head: Link, pieces: Pieces) -> Result<(), Error> {
    let mut after = Some(0);
    while let Some(number) = after {
        let read = move |connection: &mut _| part(connection, number, head);
        let (text, last) = state.database.read(read).await?;
        let is_gone = pieces.send(Ok(Bytes::from(text))).await.is_err();
        after = last.filter(|_| !is_gone);
    }
    Ok(())
}
