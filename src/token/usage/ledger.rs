//! A worker's own book of what it decided: appended to on every request, handed over twice a
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

/// One decision.
pub(super) struct Entry {
    pub(super) token: u128,
    pub(super) at: Instant,
    pub(super) caller: usize,
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
    /// Key, day and which demand it met. The same is not noted twice in a row.
    pub(super) scopes: Vec<(u128, i32, usize)>,
    by_address: HashMap<IpAddr, Vec<usize>>,
}

impl Page {
    fn with_room_for(entries: usize) -> Self {
        Self {
            entries: Vec::with_capacity(entries.clamp(LEAST, MOST)),
            scopes: Vec::with_capacity(entries.clamp(LEAST, MOST)),
            ..Self::default()
        }
    }

    fn is_full(&self) -> bool {
        self.entries.len() == self.entries.capacity()
            || self.callers.len() >= CALLERS
            || self.demands.len() >= DEMANDS
    }

    /// The number of a demand on this page. One that is known costs no allocation; there are few.
    fn demand(&mut self, scopes: &[&str]) -> usize {
        let is_same = |known: &[Box<str>]| {
            known.len() == scopes.len() && known.iter().zip(scopes).all(|(one, two)| **one == **two)
        };
        let known = self.demands.iter().position(|known| is_same(known));
        known.unwrap_or_else(|| {
            self.demands
                .push(scopes.iter().map(|scope| Box::from(*scope)).collect());
            self.demands.len() - 1
        })
    }

    /// The number of a caller on this page. One that is known costs no allocation; the one that came
    /// last, as when all come from one gateway, no search either.
    fn caller(&mut self, address: IpAddr, client: &[u8]) -> usize {
        if let Some(last) = self.entries.last()
            && let Some((known, name)) = self.callers.get(last.caller)
            && *known == address
            && **name == *client
        {
            return last.caller;
        }
        let known = self.by_address.entry(address).or_default();
        let callers = &self.callers;
        let found = known.iter().find(|number| {
            callers
                .get(**number)
                .is_some_and(|(_, name)| &**name == client)
        });
        if let Some(number) = found {
            return *number;
        }
        let number = callers.len();
        known.push(number);
        self.callers.push((address, client.into()));
        number
    }
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

    /// Notes what became of a request with the key whose id is `token`.
    pub fn book(&self, token: u128, outcome: Outcome, address: IpAddr, client: &[u8], at: Instant) {
        if self.page.borrow().is_full() {
            self.hand_over();
        }
        let mut page = self.page.borrow_mut();
        let caller = page.caller(address, client);
        page.entries.push(Entry {
            token,
            at,
            caller,
            outcome,
        });
    }

    /// Notes which scopes a request demanded that was let through with the key whose id is `token`;
    /// with none, that it left them open. To be called after it was booked.
    pub fn note_scopes(&self, token: u128, scopes: &[&str], at: Instant) {
        let mut page = self.page.borrow_mut();
        let scopes = if scopes.is_empty() { &[OPEN] } else { scopes };
        let noted = (token, at.day(), page.demand(scopes));
        if page.scopes.last() != Some(&noted) {
            page.scopes.push(noted);
        }
    }

    /// Hands over what is written and begins a new page.
    pub fn hand_over(&self) {
        let written = self.page.borrow().entries.len();
        if written > 0 {
            // As much room again as was needed, so that a page rarely fills up before its time.
            let page = self
                .page
                .replace(Page::with_room_for(written.saturating_mul(2)));
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
