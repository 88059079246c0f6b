//! The checker finds what it is there for: every fault that `src/fault.rs` can plant.

use deskforge::fault::Fault;

use crate::SHORT;
use crate::SHORT_OF_ROOM;
use crate::failures::cut_off;
use crate::harness::Engine;
use crate::load::{ACCEPTED, Seen, run};
use crate::site::Site;

/// How often a fault may escape, as faults that are a matter of moments may.
const TRIES: usize = 5;

/// Whether this engine can have the fault.
fn concerns(fault: Fault, engine: Engine) -> bool {
    match fault {
        Fault::AcknowledgeBeforeCommit | Fault::FillOutsideLock => true,
        Fault::AcknowledgeBeforeFollowing | Fault::CommandDoesNotAsk => engine == Engine::Sqlite,
        Fault::ServeUnproved
        | Fault::JoinReadUnderWay
        | Fault::SwallowError
        | Fault::EpochMovesBeforeCommit => engine == Engine::Postgres,
    }
}

fn planted(fault: Fault, engine: Engine) -> Seen {
    let name = fault.name();
    let planted = ("PLANTED_FAULT", name.as_str());
    let undisturbed = |variables: &[_]| {
        let mut site = Site::start(engine, variables);
        run(&mut site, SHORT, |_, _| ())
    };
    match fault {
        Fault::SwallowError => cut_off(&[planted]),
        Fault::FillOutsideLock => undisturbed(&[planted, SHORT_OF_ROOM]),
        _ => undisturbed(&[planted]),
    }
}

fn all_are_found(engine: Engine) {
    for fault in Fault::ALL
        .into_iter()
        .filter(|fault| concerns(*fault, engine))
    {
        let found = (1..=TRIES).any(|_| {
            let seen = planted(fault, engine);
            println!("{fault:?} on {engine:?}: {:?}", seen.figures());
            seen.broken.iter().any(|how| how.contains(ACCEPTED))
        });
        assert!(found, "{fault:?} is not found on {engine:?}");
    }
}

#[test]
fn every_planted_fault_is_found_on_sqlite() {
    all_are_found(Engine::Sqlite);
}

#[test]
fn every_planted_fault_is_found_on_postgresql() {
    all_are_found(Engine::Postgres);
}
