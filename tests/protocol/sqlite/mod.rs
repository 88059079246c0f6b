//! SQLite: one server owns the database (`freshness::process`), and commands are run beside it
//! (`control`).

mod steps;

use stateright::{Model, Property};

use crate::change::{Change, Stage as ChangeStage, Target};
use crate::database::Database;
use crate::fault::Fault;
use crate::memory::{Memory, Step, Whose};
use crate::properties::{Told, always, sometimes};
use crate::request::{Event, Request, Stage};

/// What there is, and how often it may happen.
#[derive(Clone, Debug)]
pub(crate) struct Sqlite {
    pub(crate) fault: Fault,
    /// What each change is about, and whether the server makes it; otherwise a command does.
    pub(crate) changes: Vec<(Target, bool)>,
    pub(crate) requests: u8,
    pub(crate) crashes: u8,
    /// Whether memory has room for every key.
    pub(crate) has_room: bool,
}

/// How far the server has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Server {
    /// It does not run, or is reading all keys.
    Down,
    /// All keys are read.
    Loaded,
    /// It has the lock, and listens to commands.
    Locked,
    /// It has looked again, and takes requests.
    Serving,
}

/// Somebody who looks at a page or a list of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Reader {
    Away,
    /// The database was read, and has the key as revoked.
    Reading,
    /// That was shown.
    Told,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) database: Database,
    pub(crate) server: Server,
    pub(crate) memory: Memory,
    pub(crate) changes: Vec<Change>,
    pub(crate) reader: Reader,
    /// In order, so that it does not matter which of two like ones is which.
    pub(crate) requests: Vec<Request>,
    pub(crate) requests_left: u8,
    pub(crate) crashes_left: u8,
    pub(crate) event: Option<Event>,
}

/// One step of one of them. That any step may wait for as long as it likes is how pauses of a
/// thread, a process or a machine are in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A request reaches the server.
    Begin,
    /// A request looks whether memory is behind.
    Prove { request: usize },
    /// Memory begins to catch up: the lock is taken, the epoch is read.
    CatchUp(Whose),
    /// It goes on with that.
    Keep(Step),
    /// A request looks up the key.
    Look { request: usize },
    /// Keys that were asked for are read, under the same lock.
    ReadFill,
    /// They are held, and told to whoever asked.
    InsertFill,
    /// Reading them fails.
    FailFill,
    /// Memory drops the key, as there is no room for all.
    Drop,
    /// A change's statements are run; nobody else writes until it ends.
    Write { change: usize },
    /// It is committed.
    Commit { change: usize },
    /// The commit happens, and whoever made it ends or is told of an error.
    LoseCommit { change: usize },
    /// It is undone, as a statement fails or its process ends.
    Abort { change: usize },
    /// A command looks at the lock, and asks its holder.
    LookAtLock { change: usize },
    /// The server of another database answers.
    AnswerOfAnother { change: usize },
    /// A command does not get its answer, and says so.
    GiveUp { change: usize },
    /// The server takes the lock.
    TakeLock,
    /// The server loses its lock, its memory and all that it was doing.
    Crash,
    /// Somebody's page or list is read from the database.
    Read,
}

impl Model for Sqlite {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let change =
            |(target, is_servers): &(Target, bool)| Change::new(*target, is_servers.then_some(0));
        vec![State {
            database: Database::new(),
            server: Server::Down,
            memory: Memory::new(self.has_room),
            changes: self.changes.iter().map(change).collect(),
            reader: Reader::Away,
            requests: Vec::new(),
            requests_left: self.requests,
            crashes_left: self.crashes,
            event: None,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.server == Server::Serving {
            if state.requests_left > 0 {
                actions.push(Action::Begin);
            }
            if state.reader == Reader::Away && state.database.row.is_revoked {
                actions.push(Action::Read);
            }
        }
        if state.server == Server::Loaded && state.memory.keeping.is_none() {
            actions.push(Action::TakeLock);
        }
        if state.server != Server::Down && state.crashes_left > 0 {
            actions.push(Action::Crash);
        }
        if state.memory.keeping.is_none() {
            actions.extend(state.who_catches_up().into_iter().map(Action::CatchUp));
        }
        actions.extend(state.memory.steps().iter().copied().map(Action::Keep));
        if state.memory.can_drop() {
            actions.push(Action::Drop);
        }
        if state.memory.filling().is_some() {
            actions.extend([Action::InsertFill, Action::FailFill]);
        }
        if state.memory.can_fill(self.fault) && state.any(Stage::Asking) {
            actions.push(Action::ReadFill);
        }
        for (request, at) in state.requests.iter().enumerate() {
            let is_like_the_one_before = request > 0 && state.requests[request - 1] == *at;
            if is_like_the_one_before {
                continue;
            }
            if at.stage == Stage::Waiting {
                actions.push(Action::Prove { request });
            }
            if at.can_look() {
                actions.push(Action::Look { request });
            }
        }
        for change in 0..state.changes.len() {
            self.change_actions(state, change, actions);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        state.event = None;
        self.step(&mut state, action);
        state.requests.sort_unstable();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = always(self.fault);
        if self.fault == Fault::None {
            properties.extend(sometimes![
                "a key is accepted" => Accepted,
                "a revoked key is refused" => Refused,
                "a request is told to try again" => Unavailable,
                "memory learns of a revocation" => BroughtIn,
                "a commit's answer is lost" => AnswerLost,
                "a command is told that the server has followed" => CommandTold,
                "a command finds no server" => NobodyToAsk,
                "a request finds that memory has failed to follow" => FoundBehind,
                "somebody is shown that the key is revoked" => Shown,
            ]);
            if !self.has_room {
                properties.extend(sometimes![
                    "a fill reads more than is applied" => FilledAhead,
                ]);
            }
            if self.crashes > 0 {
                properties.extend(sometimes![
                    "the server crashes while a request waits" => CrashedInBetween,
                ]);
            }
            properties.push(Property::<Self>::sometimes(
                "a request begins after the revocation",
                |_, state: &State| state.requests.iter().any(|request| request.is_late),
            ));
        }
        properties
    }
}

impl Told for State {
    fn event(&self) -> Option<Event> {
        self.event
    }

    fn is_restored(&self) -> bool {
        false
    }
}

impl Sqlite {
    fn change_actions(&self, state: &State, change: usize, actions: &mut Vec<Action>) {
        let at = &state.changes[change];
        let is_command = at.home.is_none();
        let can_run = is_command || state.server == Server::Serving;
        // Here whoever writes waits for all others, even where nothing is left to change.
        if can_run && !state.database.is_locked && at.can_write(state.database, self.fault) {
            actions.push(Action::Write { change });
        }
        match at.stage {
            ChangeStage::Written(None) => actions.push(Action::Commit { change }),
            ChangeStage::Written(Some(_)) => actions.extend([
                Action::Commit { change },
                Action::LoseCommit { change },
                Action::Abort { change },
            ]),
            ChangeStage::Committed if is_command => actions.push(Action::LookAtLock { change }),
            ChangeStage::Asked => {
                actions.push(Action::GiveUp { change });
                if self.fault == Fault::AnotherServerAnswers {
                    actions.push(Action::AnswerOfAnother { change });
                }
            }
            _ => {}
        }
    }
}
