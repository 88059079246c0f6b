//! Where the events of a transaction wait for their places in the chain.
//!
//! The head of the chain is one row, locked until the commit. So that it is locked last, and for as
//! short as can be, the events of a transaction are written together at its end, whatever their
//! number: nobody who holds the head waits for another lock. They wait in the memory of the thread,
//! which does the whole transaction. In the database they never lie unsealed: what somebody else put
//! there would otherwise be sealed with them.

use std::cell::RefCell;

use crate::audit::event::Event;
use crate::audit::key::AuditKey;
use crate::audit::repository;
use crate::db::{Connection, Database};
use crate::error::Error;
use crate::fault::{Point, reach};

thread_local! {
    /// The events of each transaction that this thread is in.
    static PAGES: RefCell<Vec<Vec<Event>>> = const { RefCell::new(Vec::new()) };
}

/// From here on all that writes to the database keeps its events, sealed with `key`.
///
/// # Errors
/// Those of the database, in which events of before there was a chain are sealed.
pub fn keep(database: &Database, key: &AuditKey) -> Result<(), Error> {
    let shared = key.clone();
    database.before_commit(move || {
        let (page, key) = (Page::open(), shared.clone());
        Box::new(move |connection| page.seal(&key, connection))
    });
    database.write_now(|connection| repository::seal_older(connection, key))
}

/// Has an event wait for the end of its transaction.
///
/// # Errors
/// [`Error::Internal`] outside a transaction that seals, or in a nested one, which could be undone
/// without it.
pub(super) fn note(connection: &mut Connection, event: &Event) -> Result<(), Error> {
    reach(Point::BeforeEvent);
    if connection.depth() != 1 {
        return Err(Error::Internal(
            "an event outside its transaction".to_owned(),
        ));
    }
    let noted =
        PAGES.with_borrow_mut(|pages| pages.last_mut().map(|page| page.push(event.clone())));
    noted.ok_or_else(|| Error::Internal("an event that nobody would seal".to_owned()))?;
    reach(Point::AfterEvent);
    Ok(())
}

/// The events of one transaction, by its place among those of the thread; forgotten with it.
struct Page(usize);

impl Page {
    fn open() -> Self {
        PAGES.with_borrow_mut(|pages| {
            pages.push(Vec::new());
            Self(pages.len() - 1)
        })
    }

    fn seal(self, key: &AuditKey, connection: &mut Connection) -> Result<(), Error> {
        let events = PAGES.with_borrow_mut(|pages| pages.get_mut(self.0).map(std::mem::take));
        let events = events.unwrap_or_default();
        if !events.is_empty() {
            repository::append(connection, key, events)?;
            reach(Point::BeforeCommit);
        }
        Ok(())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        PAGES.with_borrow_mut(|pages| pages.truncate(self.0));
    }
}
