//! The log as a file, sent while it is read.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Bytes, Data};
use serde_json::json;
use tokio::sync::mpsc::{Sender, channel};

use crate::audit::chain::Link;
use crate::audit::event::{Action, Event};
use crate::audit::export::{write_head, write_row};
use crate::audit::repository;
use crate::dashboard::form::Form;
use crate::dashboard::guard::Member;
use crate::error::Error;
use crate::server::{Chunks, State};

/// Rows that are read at once.
const ROWS: i64 = 500;

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
    let (sender, chunks) = channel(2);
    actix_web::rt::spawn(async move {
        if let Err(error) = produce(&state, head, &sender).await {
            log::error!("an export of the audit log ends early: {error}");
            // The answer breaks off: what has come is not to be taken for all.
            let _ = sender.send(Err(error)).await;
        }
    });
    let name = format!("attachment; filename=\"audit-{}.jsonl\"", now.iso_date());
    Ok(HttpResponse::Ok()
        .content_type("application/jsonl")
        .insert_header((CONTENT_DISPOSITION, name))
        .body(Chunks(chunks)))
}

async fn produce(
    state: &State,
    head: Link,
    sender: &Sender<Result<Bytes, Error>>,
) -> Result<(), Error> {
    let mut after = 0;
    loop {
        let read = move |connection: &mut _| {
            let rows = repository::rows(connection, after, head.number, ROWS)?;
            let mut text = Vec::new();
            for row in &rows {
                write_row(row, &mut text);
            }
            Ok((rows.last().map(crate::audit::model::Row::number), text))
        };
        let (last, mut text) = state.database.read(read).await?;
        let is_last = last.is_none();
        if is_last {
            write_head(head, &mut text);
        }
        let is_gone = sender.send(Ok(Bytes::from(text))).await.is_err();
        match last {
            Some(last) if last > after && !is_gone => after = last,
            Some(last) if last <= after => {
                return Err(Error::Internal("the audit log has no order".to_owned()));
            }
            _ => return Ok(()),
        }
    }
}
