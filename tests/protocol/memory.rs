//! A node's memory (`verifier::registry`): the key's row, the epoch that is applied, and whoever has
//! the keeper's lock.
//!
//! Steps that nobody could tell apart are one: to take the lock and to read with it (whoever is kept
//! out does nothing meanwhile), and to insert the rows and to note the epoch (a look-up reads only
//! the rows, a comparison only the epoch). A read and what is done with it are always two.

use crate::database::{Database, Epoch, Row};
use crate::fault::Fault;

/// On whose behalf memory catches up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    /// A desk has read an epoch that is not the applied one.
    Desk(usize),
    /// A change was committed.
    Change(usize),
    /// A process starts.
    Start,
    /// A server has got the lock.
    Owner,
    /// Nobody waits: a server looks by itself each second, or whoever waited has given up.
    Nobody,
    /// A request found memory behind.
    Request,
    /// Somebody is to be shown what the database says.
    Reader,
}

/// What is done under the keeper's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Keeping {
    /// Catching up: the epoch is read. Rows are needed that changed since another.
    Epoch(Whose, Epoch, Since),
    /// Catching up: memory is emptied, to be read anew.
    Emptied(Whose, Epoch),
    /// Catching up: the rows are read, too; none where the key's is not among them.
    Rows(Whose, Epoch, Option<Row>),
    /// Filling: the row is read.
    Fill(Row),
}

/// The epoch that was applied when catching up began; none where all keys have to be read, as none
/// are held yet or the epoch went back.
type Since = Option<Epoch>;

/// A further step of catching up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Empty,
    ReadRows,
    Apply,
    Fail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Memory {
    /// Whether there is room for every key, so that what is not held does not exist.
    pub(crate) has_room: bool,
    is_loaded: bool,
    pub(crate) is_behind: bool,
    /// Which reading of all keys made memory complete; 0 where it is not.
    pub(crate) completed_by: u8,
    loads: u8,
    pub(crate) applied: Epoch,
    /// Whether the held row is a revoked key's; none where no row is held.
    pub(crate) held: Option<bool>,
    pub(crate) keeping: Option<Keeping>,
    /// What a fill without the lock has read.
    unlocked_fill: Option<Row>,
}

impl Memory {
    /// `Registry::new`.
    pub(crate) fn new(has_room: bool) -> Self {
        Self {
            has_room,
            is_loaded: false,
            is_behind: true,
            completed_by: 0,
            loads: 0,
            applied: 0,
            held: None,
            keeping: None,
            unlocked_fill: None,
        }
    }

    /// One that has read the database at its beginning, and dropped the key where room is scarce.
    pub(crate) fn loaded(has_room: bool, database: Database) -> Self {
        Self {
            is_loaded: true,
            is_behind: false,
            completed_by: u8::from(has_room),
            loads: 1,
            applied: database.epoch,
            held: has_room.then_some(database.row.is_revoked),
            ..Self::new(has_room)
        }
    }

    /// `Registry::catch_up`, up to the read of the epoch. Whether that was all.
    pub(crate) fn catch_up(&mut self, whose: Whose, database: Database, fault: Fault) -> bool {
        let epoch = database.epoch;
        if self.is_loaded && epoch == self.applied {
            self.is_behind = false;
            return true;
        }
        let has_to_load = !self.is_loaded || epoch < self.applied;
        let since = (!has_to_load).then_some(self.applied);
        if fault == Fault::ApplyEpochBeforeRows {
            self.applied = epoch;
        }
        self.keeping = Some(Keeping::Epoch(whose, epoch, since));
        false
    }

    /// The steps that may be next.
    pub(crate) fn steps(&self) -> &'static [Step] {
        match self.keeping {
            Some(Keeping::Epoch(_, _, None)) => &[Step::Empty, Step::Fail],
            Some(Keeping::Epoch(..) | Keeping::Emptied(..)) => &[Step::ReadRows, Step::Fail],
            Some(Keeping::Rows(..)) => &[Step::Apply, Step::Fail],
            Some(Keeping::Fill(_)) | None => &[],
        }
    }

    /// Takes a step. If it is the last: whose catching up ends, and whether with success.
    pub(crate) fn step(
        &mut self,
        step: Step,
        database: Database,
        fault: Fault,
    ) -> Option<(Whose, bool)> {
        let row = database.row;
        match (step, self.keeping?) {
            (Step::Empty, Keeping::Epoch(whose, epoch, None)) => {
                self.completed_by = 0;
                self.held = None;
                self.is_loaded = false;
                self.keeping = Some(Keeping::Emptied(whose, epoch));
            }
            (Step::ReadRows, Keeping::Epoch(whose, epoch, Some(since))) => {
                let changed = (row.changed > since).then_some(row);
                self.keeping = Some(Keeping::Rows(whose, epoch, changed));
            }
            (Step::ReadRows, Keeping::Emptied(whose, epoch)) => {
                self.keeping = Some(Keeping::Rows(whose, epoch, Some(row)));
            }
            (Step::Apply, Keeping::Rows(whose, epoch, row)) => {
                self.hold(row);
                if !self.is_loaded {
                    self.is_loaded = true;
                    self.loads += 1;
                    self.completed_by = if self.has_room { self.loads } else { 0 };
                }
                self.applied = epoch;
                self.is_behind = false;
                self.keeping = None;
                return Some((whose, true));
            }
            // The error may come when some rows are already in.
            (Step::Fail, Keeping::Rows(whose, _, row)) => {
                self.hold(row);
                self.fail(fault);
                return Some((whose, false));
            }
            (Step::Fail, Keeping::Epoch(whose, _, _) | Keeping::Emptied(whose, _)) => {
                self.fail(fault);
                return Some((whose, false));
            }
            _ => {}
        }
        None
    }

    fn hold(&mut self, row: Option<Row>) {
        if let Some(row) = row {
            self.held = Some(row.is_revoked);
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.is_behind = fault != Fault::SwallowFailureToFollow;
        self.keeping = None;
    }

    /// Whoever waits for catching up gives up; it goes on.
    pub(crate) fn abandon(&mut self, waiting: Whose) {
        if let Some(
            Keeping::Epoch(whose, ..) | Keeping::Emptied(whose, ..) | Keeping::Rows(whose, ..),
        ) = &mut self.keeping
            && *whose == waiting
        {
            *whose = Whose::Nobody;
        }
    }

    /// Whether a fill can begin: one at a time, and under the keeper's lock.
    pub(crate) fn can_fill(&self, fault: Fault) -> bool {
        self.unlocked_fill.is_none() && (self.keeping.is_none() || fault == Fault::FillOutsideLock)
    }

    /// `Registry::fill`, up to its read.
    pub(crate) fn read_fill(&mut self, database: Database, fault: Fault) {
        if fault == Fault::FillOutsideLock {
            self.unlocked_fill = Some(database.row);
        } else {
            self.keeping = Some(Keeping::Fill(database.row));
        }
    }

    /// What a fill has read, if one is under way.
    pub(crate) fn filling(&self) -> Option<Row> {
        match self.keeping {
            Some(Keeping::Fill(row)) => Some(row),
            _ => self.unlocked_fill,
        }
    }

    /// A fill ends; with its row where it has succeeded.
    pub(crate) fn end_fill(&mut self, row: Option<Row>) {
        self.hold(row);
        self.unlocked_fill = None;
        if let Some(Keeping::Fill(_)) = self.keeping {
            self.keeping = None;
        }
    }

    /// Whether the key may be dropped to make room, as is done under the keeper's lock.
    pub(crate) fn can_drop(&self) -> bool {
        !self.has_room && self.held.is_some() && self.keeping.is_none()
    }
}
