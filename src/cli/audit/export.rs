//! `deskforge audit export`.

use std::io::Write;

use serde_json::json;

use crate::audit::copy::part;
use crate::audit::event::{Action, Actor, Event};
use crate::audit::repository;
use crate::cli::failure::Failure;
use crate::installation::Installation;

pub(super) fn run(installation: &Installation, out: &mut impl Write) -> Result<(), Failure> {
    let (database, now) = (&installation.database, installation.clock.now());
    database.write_now(|connection| {
        let actor = Actor::command_line();
        let event = Event::done(&actor, Action::AuditExport, None, None, &json!({}), now);
        repository::insert(connection, &event)
    })?;
    // What is added meanwhile is not part of it.
    let head = database.read_now(repository::head)?;
    let mut after = Some(0);
    while let Some(number) = after {
        let read = |connection: &mut _| part(connection, number, head);
        let (text, last) = database.read_now(read)?;
        out.write_all(&text)?;
        after = last;
    }
    Ok(())
}
