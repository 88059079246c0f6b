//! A worker's own book of what it decided: appended to on every request, handed over a few times a
//! second.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;

use tokio::sync::mpsc::UnboundedSender;

use super::Outcome;
use super::scopes::OPEN;
use crate::clock::Instant;

/// The fewest and the most entries of a page.
const LEAST: usize = 256;
const MOST: usize = 65_536;
/// The most callers a page tells apart; with those beyond, a new page is begun.
const CALLERS: usize = 4_096;
/// The most demands a page tells apart, which are searched one by one.
const DEMANDS: usize = 32;

/// One decision, in few bytes: there are tens of thousands a second.
pub(super) struct Entry {
    pub(super) token: u128,
    pub(super) at: Instant,
    /// Which of the page's callers.
    pub(super) caller: u16,
    /// Which of the page's demands it met, if it was let through.
    pub(super) demand: Option<u16>,
    pub(super) outcome: Outcome,
}

/// What is handed over.
#[derive(Default)]
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    /// Address and what the client called itself, as it came.
    pub(super) callers: Vec<(IpAddr, Box<[u8]>)>,
    /// The scopes that requests demanded together.
    pub(super) demands: Vec<Box<[Box<str>]>>,
    by_address: HashMap<IpAddr, Vec<u16>>,
}

impl Page {
    fn with_room_for(entries: usize) -> Self {
        Self {
            entries: Vec::with_capacity(entries.clamp(LEAST, MOST)),
            ..Self::default()
        }
    }

    fn is_full(&self) -> bool {
        self.entries.len() == self.entries.capacity()
            || self.callers.len() >= CALLERS
            || self.demands.len() >= DEMANDS
    }

    /// The number of a demand on this page. One that is known costs no allocation; there are few.
    fn demand(&mut self, scopes: &[&str]) -> u16 {
        let is_same = |known: &[Box<str>]| {
            known.len() == scopes.len() && known.iter().zip(scopes).all(|(one, two)| **one == **two)
        };
        let known = self.demands.iter().position(|known| is_same(known));
        place(known.unwrap_or_else(|| {
            self.demands
                .push(scopes.iter().map(|scope| Box::from(*scope)).collect());
            self.demands.len() - 1
        }))
    }

    /// The number of a caller on this page. One that is known costs no allocation; the one that came
    /// last, as when all come from one gateway, no search either.
    fn caller(&mut self, address: IpAddr, client: &[u8]) -> u16 {
        let callers = &self.callers;
        let is_same = |number: u16| {
            callers
                .get(usize::from(number))
                .is_some_and(|(known, name)| *known == address && **name == *client)
        };
        if let Some(last) = self.entries.last()
            && is_same(last.caller)
        {
            return last.caller;
        }
        let known = self.by_address.entry(address).or_default();
        if let Some(number) = known.iter().find(|number| is_same(**number)) {
            return *number;
        }
        let number = place(callers.len());
        known.push(number);
        self.callers.push((address, client.into()));
        number
    }
}

/// A place as it is noted. [`CALLERS`] and [`DEMANDS`] are less than what that holds.
fn place(place: usize) -> u16 {
    u16::try_from(place).unwrap_or(u16::MAX)
}

/// The book of one worker.
pub struct Ledger {
    page: RefCell<Page>,
    readers: UnboundedSender<Page>,
}

impl Ledger {
    pub(super) fn new(readers: UnboundedSender<Page>) -> Self {
        Self {
            page: RefCell::new(Page::with_room_for(LEAST)),
            readers,
        }
    }

    /// Notes what became of a request with the key whose id is `token`; of one that was let through
    /// also the `scopes` that it demanded, none where it left them open.
    pub fn book(
        &self,
        token: u128,
        outcome: Outcome,
        scopes: &[&str],
        address: IpAddr,
        client: &[u8],
        at: Instant,
    ) {
        if self.page.borrow().is_full() {
            self.hand_over();
        }
        let mut page = self.page.borrow_mut();
        let scopes = if scopes.is_empty() { &[OPEN] } else { scopes };
        let entry = Entry {
            token,
            at,
            caller: page.caller(address, client),
            demand: (outcome == Outcome::Request).then(|| page.demand(scopes)),
            outcome,
        };
        page.entries.push(entry);
    }

    /// Hands over what is written and begins a new page.
    pub fn hand_over(&self) {
        let written = self.page.borrow().entries.len();
        if written > 0 {
            // Somewhat more room than was needed, so that a page rarely fills up before its time.
            let room = written.saturating_add(written / 4);
            let page = self.page.replace(Page::with_room_for(room));
            // Nobody reads any more only when the process ends.
            let _ = self.readers.send(page);
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.hand_over();
    }
}
