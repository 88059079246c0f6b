//! PostgreSQL: several nodes, each with desks that read the epoch for all who wait
//! (`freshness::postgres`; a desk is a worker thread with its connection).

mod state;
mod steps;

use stateright::{Model, Property};

use crate::change::{Change, Stage as ChangeStage, Target};
use crate::database::Database;
use crate::fault::Fault;
use crate::memory::{Memory, Step, Whose};
use crate::properties::{always, sometimes};
use crate::request::Stage;
use state::{Desk, Driver, Node, State};

/// What there is, and how often it may happen.
#[derive(Clone, Debug)]
pub(crate) struct Postgres {
    pub(crate) fault: Fault,
    pub(crate) nodes: usize,
    /// The node of each desk.
    pub(crate) desks: Vec<usize>,
    /// The changes: what each is about, and the node that makes it; none where that node serves no
    /// request.
    pub(crate) changes: Vec<(Target, Option<usize>)>,
    pub(crate) requests: u8,
    pub(crate) crashes: u8,
    /// Whether the database may be put back to what it was at the beginning, once.
    pub(crate) is_restored: bool,
    /// Whether memory has room for every key.
    pub(crate) has_room: bool,
    /// Whether nodes also look by themselves, as they do each second.
    pub(crate) looks: bool,
}

/// One step of one of them. That any step may wait for as long as it likes is how pauses of a
/// thread, a process or a machine are in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A request reaches a desk and joins its open batch (`EpochReader::prove`). Joining later than
    /// beginning would promise the request less, so it need not be told apart.
    Begin { desk: usize },
    /// The driver closes the batch, then sends the read (`drive`).
    Send { desk: usize },
    /// The read arrives: the database takes the snapshot and answers.
    Arrive { desk: usize },
    /// The driver compares what was read with what is applied.
    Compare { desk: usize },
    /// The read fails, or its answer does not come in time.
    LoseRead { desk: usize },
    /// The driver does not wait for memory any longer.
    GiveUp { desk: usize },
    /// A node's memory begins to catch up: the lock is taken, the epoch is read.
    CatchUp { node: usize, who: Whose },
    /// It goes on with that.
    Keep { node: usize, step: Step },
    /// A request looks up the key.
    Look { request: usize },
    /// Keys that were asked for are read, under the same lock.
    ReadFill { node: usize },
    /// They are held, and told to whoever asked.
    InsertFill { node: usize },
    /// Reading them fails.
    FailFill { node: usize },
    /// Memory drops the key, as there is no room for all.
    Drop { node: usize },
    /// A change's statements are run; its epoch's row is locked from here on.
    Write { change: usize },
    /// It is committed, and the answer to that arrives.
    Commit { change: usize },
    /// The commit happens, its answer is lost.
    LoseCommit { change: usize },
    /// It is undone, as a statement fails or the connection does.
    Abort { change: usize },
    /// A node loses its memory and all that it was doing.
    Crash { node: usize },
    /// The database is put back to what it was at the beginning.
    Restore,
    /// The time for which a desk trusts itself ends.
    Distrust { desk: usize },
    /// A replica comes up to date.
    Replicate,
}

impl Model for Postgres {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let database = Database::new();
        let node = Node {
            is_up: true,
            memory: Memory::loaded(self.has_room, database),
        };
        let desk = |node: &usize| Desk {
            node: *node,
            driver: Driver::Idle,
            trusts: false,
        };
        vec![State {
            database,
            replica: database,
            changes: self
                .changes
                .iter()
                .map(|(target, home)| Change::new(*target, *home))
                .collect(),
            nodes: vec![node; self.nodes],
            desks: self.desks.iter().map(desk).collect(),
            requests: Vec::new(),
            requests_left: self.requests,
            crashes_left: self.crashes,
            is_restored: false,
            event: None,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (desk, at) in state.desks.iter().enumerate() {
            if state.requests_left > 0 && state.nodes[at.node].is_up {
                actions.push(Action::Begin { desk });
            }
            match at.driver {
                Driver::Idle if state.any(desk, Stage::Waiting) => {
                    actions.push(Action::Send { desk });
                }
                Driver::Sent => {
                    actions.extend([Action::Arrive { desk }, Action::LoseRead { desk }]);
                }
                // An answer that is lost is as a read that is lost.
                Driver::Read(_) => actions.push(Action::Compare { desk }),
                Driver::Behind => actions.push(Action::GiveUp { desk }),
                Driver::Idle => {}
            }
            if at.trusts {
                actions.push(Action::Distrust { desk });
            }
        }
        for node in 0..state.nodes.len() {
            self.node_actions(state, node, actions);
        }
        for (request, at) in state.requests.iter().enumerate() {
            let is_like_the_one_before = request > 0 && state.requests[request - 1] == *at;
            if at.can_look() && !is_like_the_one_before {
                actions.push(Action::Look { request });
            }
        }
        for (change, at) in state.changes.iter().enumerate() {
            let is_up = at.home.is_none_or(|node| state.nodes[node].is_up);
            if is_up && at.can_write(state.database, self.fault) {
                actions.push(Action::Write { change });
            }
            match at.stage {
                ChangeStage::Written(None) => actions.push(Action::Commit { change }),
                ChangeStage::Written(Some(_)) => actions.extend([
                    Action::Commit { change },
                    Action::LoseCommit { change },
                    Action::Abort { change },
                ]),
                _ => {}
            }
        }
        if self.is_restored && !state.is_restored {
            actions.push(Action::Restore);
        }
        if state.replica != state.database && self.has_replica() {
            actions.push(Action::Replicate);
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
                "two requests share a proof" => SharedProof,
                "memory learns of a revocation" => BroughtIn,
                "a commit's answer is lost" => AnswerLost,
            ]);
            if !self.has_room {
                properties.extend(sometimes![
                    "a fill reads more than is applied" => FilledAhead,
                ]);
            }
            if self.crashes > 0 {
                properties.extend(sometimes![
                    "a node crashes while a request waits" => CrashedInBetween,
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

impl Postgres {
    fn node_actions(&self, state: &State, node: usize, actions: &mut Vec<Action>) {
        let at = &state.nodes[node];
        if at.is_up && state.crashes_left > 0 {
            actions.push(Action::Crash { node });
        }
        if at.memory.keeping.is_none() {
            if !at.is_up {
                let who = Whose::Start;
                actions.push(Action::CatchUp { node, who });
            } else if self.looks && at.memory.applied != state.database.epoch {
                let who = Whose::Nobody;
                actions.push(Action::CatchUp { node, who });
            }
            for who in state.who_catches_up(node) {
                actions.push(Action::CatchUp { node, who });
            }
        }
        for step in at.memory.steps() {
            actions.push(Action::Keep { node, step: *step });
        }
        if at.memory.can_drop() {
            actions.push(Action::Drop { node });
        }
        if at.memory.filling().is_some() {
            actions.extend([Action::InsertFill { node }, Action::FailFill { node }]);
        }
        if at.memory.can_fill(self.fault) && state.any_at(node, Stage::Asking) {
            actions.push(Action::ReadFill { node });
        }
    }

    fn has_replica(&self) -> bool {
        matches!(self.fault, Fault::EpochFromReplica | Fault::RowsFromReplica)
    }
}
