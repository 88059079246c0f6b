//! What each step does.

use super::state::{Driver, Node, State};
use super::{Action, Postgres};
use crate::change::Stage as ChangeStage;
use crate::database::Database;
use crate::fault::Fault;
use crate::memory::{Keeping, Memory, Step, Whose};
use crate::request::{Event, Outcome, Request, Stage};

impl Postgres {
    pub(super) fn step(&self, state: &mut State, action: Action) {
        match action {
            Action::Begin { desk } => self.begin(state, desk),
            Action::Send { desk } => {
                state.move_all(desk, Stage::Waiting, Stage::Sent);
                state.desks[desk].driver = Driver::Sent;
            }
            Action::Arrive { desk } => {
                let epoch = match self.fault {
                    Fault::EpochFromReplica => state.replica.epoch,
                    _ => state.database.epoch,
                };
                state.desks[desk].driver = Driver::Read(epoch);
            }
            Action::Compare { desk } => {
                let node = state.desks[desk].node;
                if state.desks[desk].driver == Driver::Read(state.nodes[node].memory.applied) {
                    self.end_batch(state, desk, true);
                } else {
                    state.desks[desk].driver = Driver::Behind;
                }
            }
            Action::LoseRead { desk } => self.end_batch(state, desk, false),
            Action::GiveUp { desk } => {
                let node = state.desks[desk].node;
                state.nodes[node].memory.abandon(Whose::Desk(desk));
                self.end_batch(state, desk, false);
            }
            Action::CatchUp { node, who } => {
                let database = self.rows(state);
                let memory = &mut state.nodes[node].memory;
                if memory.catch_up(who, database, self.fault) {
                    self.caught_up(state, node, who, true);
                }
            }
            Action::Keep { node, step } => self.keep(state, node, step),
            Action::Look { request } => self.look(state, request),
            Action::ReadFill { node } => {
                state.move_all_at(node, Stage::Asking, Stage::Filling);
                let database = self.rows(state);
                let memory = &mut state.nodes[node].memory;
                memory.read_fill(database, self.fault);
                if database.epoch > memory.applied {
                    state.event = Some(Event::FilledAhead);
                }
            }
            Action::InsertFill { node } => {
                let memory = &mut state.nodes[node].memory;
                if let Some(row) = memory.filling() {
                    memory.end_fill(Some(row));
                    state.move_all_at(node, Stage::Filling, Stage::Filled(row.is_revoked));
                }
            }
            Action::FailFill { node } => {
                state.nodes[node].memory.end_fill(None);
                state.turn_away(|desks, one| {
                    desks[one.desk].node == node && one.stage == Stage::Filling
                });
            }
            Action::Drop { node } => state.nodes[node].memory.held = None,
            Action::Write { change } => {
                state.changes[change].write(&mut state.database, self.fault);
            }
            Action::Commit { change } => self.commit(state, change),
            Action::LoseCommit { change } => {
                state.changes[change].commit(&mut state.database, self.fault);
                state.changes[change].forget();
                state.event = Some(Event::AnswerLost);
            }
            Action::Abort { change } => {
                state.changes[change].abort(&mut state.database, self.fault);
            }
            Action::Crash { node } => self.crash(state, node),
            Action::Restore => self.restore(state),
            Action::Distrust { desk } => state.desks[desk].trusts = false,
            Action::Replicate => state.replica = state.database,
        }
    }

    fn begin(&self, state: &mut State, desk: usize) {
        let at = state.desks[desk];
        let is_late = state.is_told();
        let request = Request::begin(desk, is_late, &state.nodes[at.node].memory, self.fault);
        let request = request.at(if at.trusts {
            Stage::Proven
        } else if self.fault == Fault::JoinReadUnderWay && at.driver != Driver::Idle {
            Stage::Sent
        } else {
            Stage::Waiting
        });
        state.requests.push(request);
        state.requests_left -= 1;
    }

    /// What rows, and the epoch that goes with them, are read from.
    fn rows(&self, state: &State) -> Database {
        match self.fault {
            Fault::RowsFromReplica => state.replica,
            _ => state.database,
        }
    }

    fn keep(&self, state: &mut State, node: usize, step: Step) {
        let database = self.rows(state);
        let memory = &mut state.nodes[node].memory;
        let held = memory.held;
        if let Some((whose, has_succeeded)) = memory.step(step, database, self.fault) {
            if has_succeeded && held == Some(false) && memory.held == Some(true) {
                state.event = Some(Event::BroughtIn);
            }
            self.caught_up(state, node, whose, has_succeeded);
        }
    }

    /// Catching up has ended, and whoever wanted it goes on.
    fn caught_up(&self, state: &mut State, node: usize, whose: Whose, has_succeeded: bool) {
        match whose {
            Whose::Desk(desk) => self.end_batch(state, desk, has_succeeded),
            Whose::Change(change) if has_succeeded => state.changes[change].acknowledge(),
            Whose::Change(change) => state.changes[change].forget(),
            Whose::Start => state.nodes[node].is_up = has_succeeded,
            Whose::Owner | Whose::Nobody | Whose::Request | Whose::Reader => {}
        }
    }

    /// Wakes all who wait for a desk's read.
    fn end_batch(&self, state: &mut State, desk: usize, is_proved: bool) {
        state.desks[desk].driver = Driver::Idle;
        if is_proved {
            if state.count(desk, Stage::Sent) > 1 && state.event.is_none() {
                state.event = Some(Event::SharedProof);
            }
            state.move_all(desk, Stage::Sent, Stage::Proven);
            state.desks[desk].trusts = self.fault == Fault::ServeUnproved;
        } else {
            state.turn_away(|_, one| one.desk == desk && one.stage == Stage::Sent);
        }
    }

    fn look(&self, state: &mut State, request: usize) {
        let at = state.requests[request];
        let node = state.desks[at.desk].node;
        let event = match at.look(&state.nodes[node].memory, self.fault) {
            Outcome::GoesOn(next) => {
                state.requests[request].stage = next;
                return;
            }
            Outcome::Judged(is_revoked) => at.answer(is_revoked, state.database),
            Outcome::Unknown => Event::SaidUnknown,
        };
        state.requests.remove(request);
        state.event = Some(event);
    }

    fn commit(&self, state: &mut State, change: usize) {
        let at = &mut state.changes[change];
        at.commit(&mut state.database, self.fault);
        // What another node does between its commit and its answer is not seen here.
        if at.home.is_none() {
            at.acknowledge();
        }
    }

    /// Whatever is still to be read is not: a restore ends all connections. What was acknowledged
    /// before counts no longer, as the database knows nothing of it.
    fn restore(&self, state: &mut State) {
        state.is_restored = true;
        state.database.restore();
        for desk in 0..state.desks.len() {
            if state.desks[desk].driver == Driver::Sent {
                self.end_batch(state, desk, false);
            }
        }
        for node in 0..state.nodes.len() {
            let keeping = state.nodes[node].memory.keeping;
            if let Some(Keeping::Epoch(..) | Keeping::Emptied(..)) = keeping {
                self.keep(state, node, Step::Fail);
            }
        }
        for change in &mut state.changes {
            change.stage = ChangeStage::Idle;
            change.is_acknowledged = false;
        }
        for request in &mut state.requests {
            request.is_late = false;
        }
    }

    fn crash(&self, state: &mut State, node: usize) {
        let waits = state.any_at(node, Stage::Sent) || state.any_at(node, Stage::Filling);
        state.event = waits.then_some(Event::CrashedInBetween);
        state.crashes_left -= 1;
        state.nodes[node] = Node {
            is_up: false,
            memory: Memory::new(self.has_room),
        };
        for desk in &mut state.desks {
            if desk.node == node {
                desk.driver = Driver::Idle;
                desk.trusts = false;
            }
        }
        let desks = &state.desks;
        state.requests.retain(|one| desks[one.desk].node != node);
        for change in &mut state.changes {
            if change.home == Some(node) && change.stage != ChangeStage::Over {
                if let ChangeStage::Written(_) = change.stage {
                    // The database undoes what was not committed.
                    change.abort(&mut state.database, Fault::None);
                } else {
                    change.forget();
                }
            }
        }
    }
}
