//! `deskforge audit export`.

use std::io::Write;

use serde_json::json;

use crate::audit::event::{Action, Actor, Event};
use crate::audit::export::{write_head, write_row};
use crate::audit::repository;
use crate::cli::failure::Failure;
use crate::error::Error;
use crate::installation::Installation;

/// Rows that are read at once.
const ROWS: i64 = 1_000;

pub(super) fn run(installation: &Installation, out: &mut impl Write) -> Result<(), Failure> {
    let (database, now) = (&installation.database, installation.clock.now());
    database.write_now(|connection| {
        let actor = Actor::command_line();
        let event = Event::done(&actor, Action::AuditExport, None, None, &json!({}), now);
        repository::insert(connection, &event)
    })?;
    // What is added meanwhile is not part of it.
    let head = database.read_now(repository::head)?;
    let (mut after, mut text) = (0, Vec::new());
    loop {
        let rows = database
            .read_now(|connection| repository::rows(connection, after, head.number, ROWS))?;
        let Some(last) = rows.last().map(crate::audit::model::Row::number) else {
            break;
        };
        if last <= after {
            return Err(Error::Internal("the audit log has no order".to_owned()).into());
        }
        after = last;
        text.clear();
        for row in &rows {
            write_row(row, &mut text);
        }
        out.write_all(&text)?;
    }
    text.clear();
    write_head(head, &mut text);
    Ok(out.write_all(&text)?)
}
