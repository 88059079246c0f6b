//! All that there is at one moment.

use crate::change::{Change, Stage as ChangeStage};
use crate::database::{Database, Epoch};
use crate::memory::{Memory, Whose};
use crate::properties::Told;
use crate::request::{Event, Request, Stage};

/// What a desk's driver is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Driver {
    Idle,
    /// The batch is closed, then the read is sent.
    Sent,
    /// The read was answered with this epoch.
    Read(Epoch),
    /// The epoch is not the applied one: memory has to catch up.
    Behind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Desk {
    pub(crate) node: usize,
    pub(crate) driver: Driver,
    /// Whether it serves without proof for a while.
    pub(crate) trusts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Node {
    pub(crate) is_up: bool,
    pub(crate) memory: Memory,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) database: Database,
    /// What a replica that lags has.
    pub(crate) replica: Database,
    pub(crate) changes: Vec<Change>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) desks: Vec<Desk>,
    /// In order, so that it does not matter which of two like ones is which.
    pub(crate) requests: Vec<Request>,
    pub(crate) requests_left: u8,
    pub(crate) crashes_left: u8,
    pub(crate) is_restored: bool,
    pub(crate) event: Option<Event>,
}

impl Told for State {
    fn event(&self) -> Option<Event> {
        self.event
    }

    fn is_restored(&self) -> bool {
        self.is_restored
    }
}

impl State {
    pub(super) fn of_node(&self, node: usize) -> impl Iterator<Item = &Request> {
        self.requests
            .iter()
            .filter(move |one| self.desks[one.desk].node == node)
    }

    pub(super) fn any_at(&self, node: usize, stage: Stage) -> bool {
        self.of_node(node).any(|one| one.stage == stage)
    }

    pub(super) fn any(&self, desk: usize, stage: Stage) -> bool {
        self.count(desk, stage) > 0
    }

    pub(super) fn count(&self, desk: usize, stage: Stage) -> usize {
        let is_there = |one: &&Request| one.desk == desk && one.stage == stage;
        self.requests.iter().filter(is_there).count()
    }

    /// Whoever waits for the memory of a node to catch up.
    pub(super) fn who_catches_up(&self, node: usize) -> impl Iterator<Item = Whose> {
        let desks = self.desks.iter().enumerate().filter_map(move |(desk, at)| {
            (at.node == node && at.driver == Driver::Behind).then_some(Whose::Desk(desk))
        });
        let changes = self.changes.iter().enumerate();
        let changes = changes.filter_map(move |(change, at)| {
            (at.home == Some(node) && at.stage == ChangeStage::Committed)
                .then_some(Whose::Change(change))
        });
        desks.chain(changes)
    }

    /// Whether anybody can have been told that the key is revoked. Whoever reads the database can be
    /// told of what is committed.
    pub(super) fn is_told(&self) -> bool {
        self.database.row.is_revoked || self.changes.iter().any(Change::revokes)
    }

    pub(super) fn move_all(&mut self, desk: usize, from: Stage, to: Stage) {
        for one in &mut self.requests {
            if one.desk == desk && one.stage == from {
                one.stage = to;
            }
        }
    }

    pub(super) fn move_all_at(&mut self, node: usize, from: Stage, to: Stage) {
        for desk in 0..self.desks.len() {
            if self.desks[desk].node == node {
                self.move_all(desk, from, to);
            }
        }
    }

    /// Answers 503 to some.
    pub(super) fn turn_away(&mut self, whom: impl Fn(&[Desk], &Request) -> bool) {
        let before = self.requests.len();
        let desks = &self.desks;
        self.requests.retain(|one| !whom(desks, one));
        if self.requests.len() < before {
            self.event = Some(Event::Unavailable);
        }
    }
}
