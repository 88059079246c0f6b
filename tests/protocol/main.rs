//! The protocol by which keys are judged from memory and revocation is immediate all the same
//! (`docs/freshness.md`), as a model that is small enough to be explored whole.
//!
//! `cargo test --test protocol -- --nocapture` tells how many states there are, and for every planted
//! fault the shortest way in which it breaks the promise.

#![expect(
    clippy::indexing_slicing,
    reason = "what is not there in a model is a fault of the model, and ends its test"
)]

mod change;
mod database;
mod explore;
mod fault;
mod memory;
mod postgres;
mod properties;
mod request;
mod sqlite;

use change::Target;
use explore::{counter_example, whole};
use fault::Fault;
use postgres::Postgres;
use properties::{GOOD_KEYS, PROMISE};
use sqlite::Sqlite;

/// One node whose two desks share its memory, which is short of room. Keys are changed elsewhere.
fn one_node() -> Postgres {
    Postgres {
        fault: Fault::None,
        nodes: 1,
        desks: vec![0, 0],
        changes: vec![(Target::Key, None), (Target::Other, None)],
        requests: 2,
        crashes: 0,
        is_restored: false,
        has_room: false,
        looks: false,
    }
}

/// The same, with the key revoked on this node.
fn own_change() -> Postgres {
    Postgres {
        changes: vec![(Target::Key, Some(0)), (Target::Other, None)],
        ..one_node()
    }
}

/// A server, which may crash and come back, and a command beside it both revoke the key.
fn server_and_command() -> Sqlite {
    Sqlite {
        fault: Fault::None,
        changes: vec![(Target::Key, true), (Target::Key, false)],
        requests: 2,
        crashes: 1,
        has_room: false,
    }
}

#[test]
fn the_promise_is_kept_on_one_node() {
    let model = Postgres {
        desks: vec![0],
        requests: 3,
        ..one_node()
    };
    whole("PostgreSQL, three requests, short of room", model);
    whole(
        "PostgreSQL, the node's own change, short of room",
        own_change(),
    );
}

#[test]
fn the_promise_is_kept_by_a_node_that_crashes() {
    let model = Postgres {
        desks: vec![0],
        crashes: 1,
        looks: true,
        ..own_change()
    };
    whole("PostgreSQL, a crash, short of room", model);
}

#[test]
fn the_promise_is_kept_across_nodes() {
    let model = Postgres {
        nodes: 2,
        desks: vec![0, 1],
        has_room: true,
        ..own_change()
    };
    whole("PostgreSQL, two nodes", model);
}

#[test]
fn the_promise_is_kept_when_the_database_is_put_back() {
    for has_room in [true, false] {
        let model = Postgres {
            is_restored: true,
            has_room,
            desks: vec![0; if has_room { 2 } else { 1 }],
            ..one_node()
        };
        let room = if has_room { "" } else { ", short of room" };
        whole(&format!("PostgreSQL, a restore{room}"), model);
    }
}

#[test]
fn the_promise_is_kept_beside_commands() {
    for has_room in [true, false] {
        let model = Sqlite {
            has_room,
            ..server_and_command()
        };
        let room = if has_room { "" } else { ", short of room" };
        whole(&format!("SQLite, a server and a command{room}"), model);
    }
}

#[test]
fn every_fault_of_the_proof_by_reading_the_epoch_is_found() {
    for fault in [
        Fault::ServeUnproved,
        Fault::JoinReadUnderWay,
        Fault::LookBeforeProof,
        Fault::EpochFromReplica,
        Fault::RowsFromReplica,
        Fault::AcknowledgeBeforeCommit,
        Fault::SwallowError,
        Fault::SequenceAsEpoch,
        Fault::ApplyEpochBeforeRows,
        Fault::FillOutsideLock,
    ] {
        let model = Postgres {
            fault,
            has_room: fault != Fault::FillOutsideLock,
            ..one_node()
        };
        let steps = counter_example(&format!("PostgreSQL, {fault:?}"), model, PROMISE);
        assert!(steps.last().is_some_and(|step| step.starts_with("Look")));
    }
}

#[test]
fn every_fault_when_the_database_is_put_back_is_found() {
    for (fault, has_room, property) in [
        (Fault::CountAfterRestore, true, PROMISE),
        (Fault::MissWhileEmptied, true, GOOD_KEYS),
    ] {
        let model = Postgres {
            fault,
            has_room,
            is_restored: true,
            ..one_node()
        };
        counter_example(&format!("PostgreSQL, {fault:?}"), model, property);
    }
}

#[test]
fn a_fill_that_is_forgotten_is_found() {
    let model = Postgres {
        fault: Fault::ForgetFill,
        ..one_node()
    };
    counter_example("PostgreSQL, ForgetFill", model, GOOD_KEYS);
}

#[test]
fn every_fault_of_the_proof_by_owning_the_database_is_found() {
    for fault in [
        Fault::AcknowledgeBeforeCommit,
        Fault::SwallowError,
        Fault::FillOutsideLock,
        Fault::InvalidateBeforeCommit,
        Fault::SwallowFailureToFollow,
        Fault::CommandDoesNotAsk,
        Fault::CommandLooksBeforeCommit,
        Fault::AnotherServerAnswers,
        Fault::OwnerDoesNotLookAgain,
        Fault::TellBeforeFollowing,
    ] {
        let needs_fills = [Fault::FillOutsideLock, Fault::InvalidateBeforeCommit].contains(&fault);
        let model = Sqlite {
            fault,
            has_room: !needs_fills,
            ..server_and_command()
        };
        let steps = counter_example(&format!("SQLite, {fault:?}"), model, PROMISE);
        assert!(steps.last().is_some_and(|step| step.starts_with("Look")));
    }
}
