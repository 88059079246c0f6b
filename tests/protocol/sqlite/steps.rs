//! What each step does.

use super::{Action, Reader, Server, Sqlite, State};
use crate::change::{Change, Stage as ChangeStage};
use crate::fault::Fault;
use crate::memory::{Memory, Step, Whose};
use crate::request::{Event, Outcome, Request, Stage};

/// There is one desk; whichever worker serves a request, it has nothing of its own.
const DESK: usize = 0;

impl Sqlite {
    pub(super) fn step(&self, state: &mut State, action: Action) {
        match action {
            Action::Begin => {
                let is_late = state.is_told();
                let request = Request::begin(DESK, is_late, &state.memory, self.fault);
                state.requests.push(request);
                state.requests_left -= 1;
            }
            Action::Prove { request } => {
                let is_behind = state.memory.is_behind;
                state.event = is_behind.then_some(Event::FoundBehind);
                state.requests[request].stage = if is_behind {
                    Stage::Sent
                } else {
                    Stage::Proven
                };
            }
            Action::CatchUp(whose) => self.catch_up(state, whose),
            Action::Keep(step) => self.keep(state, step),
            Action::Look { request } => self.look(state, request),
            Action::ReadFill => {
                state.move_all(Stage::Asking, Stage::Filling);
                state.memory.read_fill(state.database, self.fault);
                if state.database.epoch > state.memory.applied {
                    state.event = Some(Event::FilledAhead);
                }
            }
            Action::InsertFill => {
                if let Some(row) = state.memory.filling() {
                    state.memory.end_fill(Some(row));
                    state.move_all(Stage::Filling, Stage::Filled(row.is_revoked));
                }
            }
            Action::FailFill => {
                state.memory.end_fill(None);
                state.turn_away(Stage::Filling);
            }
            Action::Drop => state.memory.held = None,
            Action::Write { change } => self.write(state, change),
            Action::Commit { change } => self.commit(state, change),
            Action::LoseCommit { change } => {
                state.changes[change].commit(&mut state.database, self.fault);
                state.changes[change].forget();
                state.event = Some(Event::AnswerLost);
            }
            Action::Abort { change } => {
                state.changes[change].abort(&mut state.database, self.fault);
            }
            Action::LookAtLock { change } => {
                let has_owner = match self.fault {
                    Fault::CommandDoesNotAsk => false,
                    Fault::CommandLooksBeforeCommit => state.changes[change].saw_owner,
                    _ => state.has_owner(),
                };
                if has_owner {
                    state.changes[change].stage = ChangeStage::Asked;
                } else {
                    state.changes[change].acknowledge();
                    state.event = Some(Event::NobodyToAsk);
                }
            }
            Action::AnswerOfAnother { change } => state.changes[change].acknowledge(),
            Action::GiveUp { change } => state.changes[change].forget(),
            Action::TakeLock => {
                state.server = match self.fault {
                    Fault::OwnerDoesNotLookAgain => Server::Serving,
                    _ => Server::Locked,
                };
            }
            Action::Crash => self.crash(state),
            Action::Read => {
                state.reader = match self.fault {
                    Fault::TellBeforeFollowing => Reader::Told,
                    _ => Reader::Reading,
                };
            }
        }
    }

    fn catch_up(&self, state: &mut State, whose: Whose) {
        if whose == Whose::Request {
            // Which of them is served first makes no difference: all of one kind wait alike.
            if let Some(first) = state
                .requests
                .iter_mut()
                .find(|one| one.stage == Stage::Sent)
            {
                first.stage = Stage::CatchingUp;
            }
        }
        if state.memory.catch_up(whose, state.database, self.fault) {
            self.caught_up(state, whose, true);
        }
    }

    fn keep(&self, state: &mut State, step: Step) {
        let held = state.memory.held;
        if let Some((whose, has_succeeded)) = state.memory.step(step, state.database, self.fault) {
            if has_succeeded && held == Some(false) && state.memory.held == Some(true) {
                state.event = Some(Event::BroughtIn);
            }
            self.caught_up(state, whose, has_succeeded);
        }
    }

    /// Catching up has ended, and whoever wanted it goes on.
    fn caught_up(&self, state: &mut State, whose: Whose, has_succeeded: bool) {
        match whose {
            Whose::Start if has_succeeded => state.server = Server::Loaded,
            Whose::Owner if has_succeeded => state.server = Server::Serving,
            Whose::Start | Whose::Owner => state.end_server(self.has_room),
            Whose::Change(change) => {
                let change = &mut state.changes[change];
                if has_succeeded || self.fault == Fault::SwallowFailureToFollow {
                    if change.home.is_none() {
                        state.event = Some(Event::CommandTold);
                    }
                    change.acknowledge();
                } else {
                    change.forget();
                }
            }
            Whose::Request if has_succeeded => state.move_all(Stage::CatchingUp, Stage::Proven),
            Whose::Request => state.turn_away(Stage::CatchingUp),
            Whose::Reader if has_succeeded => {
                state.reader = Reader::Told;
                state.event = Some(Event::Shown);
            }
            Whose::Reader => state.reader = Reader::Away,
            Whose::Nobody | Whose::Desk(_) => {}
        }
    }

    fn look(&self, state: &mut State, request: usize) {
        let at = state.requests[request];
        let event = match at.look(&state.memory, self.fault) {
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

    fn write(&self, state: &mut State, change: usize) {
        let has_owner = state.has_owner();
        let at = &mut state.changes[change];
        at.saw_owner = has_owner;
        at.write(&mut state.database, self.fault);
        if self.fault == Fault::InvalidateBeforeCommit {
            state.memory.held = None;
        }
    }

    fn commit(&self, state: &mut State, change: usize) {
        let at = &mut state.changes[change];
        at.commit(&mut state.database, self.fault);
        if self.fault == Fault::InvalidateBeforeCommit && at.home.is_some() {
            at.acknowledge();
        }
    }

    fn crash(&self, state: &mut State) {
        let waits = state.any(Stage::Sent) || state.any(Stage::Filling);
        state.event = waits.then_some(Event::CrashedInBetween);
        state.crashes_left -= 1;
        state.end_server(self.has_room);
    }
}

impl State {
    fn has_owner(&self) -> bool {
        matches!(self.server, Server::Locked | Server::Serving)
    }

    /// Whether anybody was told that the key is revoked.
    fn is_told(&self) -> bool {
        self.reader == Reader::Told || self.changes.iter().any(Change::revokes)
    }

    pub(super) fn any(&self, stage: Stage) -> bool {
        self.requests.iter().any(|one| one.stage == stage)
    }

    fn move_all(&mut self, from: Stage, to: Stage) {
        for one in &mut self.requests {
            if one.stage == from {
                one.stage = to;
            }
        }
    }

    /// Answers 503 to those who wait so.
    fn turn_away(&mut self, stage: Stage) {
        if self.any(stage) {
            self.requests.retain(|one| one.stage != stage);
            self.event = Some(Event::Unavailable);
        }
    }

    /// Whoever waits for memory to catch up.
    pub(super) fn who_catches_up(&self) -> Vec<Whose> {
        let mut whose = Vec::new();
        match self.server {
            Server::Down => whose.push(Whose::Start),
            Server::Loaded => {}
            Server::Locked => whose.push(Whose::Owner),
            Server::Serving => {
                if self.any(Stage::Sent) {
                    whose.push(Whose::Request);
                }
                if self.reader == Reader::Reading {
                    whose.push(Whose::Reader);
                }
                if self.memory.applied != self.database.epoch {
                    whose.push(Whose::Nobody);
                }
            }
        }
        for (change, at) in self.changes.iter().enumerate() {
            let waits = match at.stage {
                ChangeStage::Committed => at.home.is_some(),
                ChangeStage::Asked => self.has_owner(),
                _ => false,
            };
            if waits {
                whose.push(Whose::Change(change));
            }
        }
        whose
    }

    fn end_server(&mut self, has_room: bool) {
        self.server = Server::Down;
        self.memory = Memory::new(has_room);
        self.requests.clear();
        if self.reader == Reader::Reading {
            self.reader = Reader::Away;
        }
        for change in &mut self.changes {
            if change.home.is_some() {
                match change.stage {
                    ChangeStage::Written(_) => change.abort(&mut self.database, Fault::None),
                    ChangeStage::Committed => change.forget(),
                    _ => {}
                }
            }
        }
    }
}
