//! Whether a revocation is immediate: real nodes under load, keys revoked one after another, and
//! every answer held against the promise of `docs/freshness.md`. `scripts/soak` does it at length.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect ends there"
)]

mod cluster;
mod connection;
mod counts;
mod failures;
#[expect(unused, reason = "the suite's own, of which this wants a part")]
#[path = "../suite/harness/mod.rs"]
mod harness;
mod length;
mod load;
#[cfg(feature = "planted-faults")]
mod planted;
#[cfg(feature = "planted-faults")]
mod planted_ends;
mod revoker;
mod site;

use harness::Engine;
use load::Plan;
use site::Site;

/// What every commit can afford.
const SHORT: Plan = Plan {
    revocations: 40,
    checked: 10_000,
    connections: 24,
};
/// The same for what befalls nodes: moments matter there, and not how many ask.
const SHORTER: Plan = Plan {
    checked: 3_000,
    ..SHORT
};
/// Memory for fewer keys than are asked for, so that they are dropped and read again all the time.
const SHORT_OF_ROOM: (&str, &str) = ("DESKFORGE_CACHE_KEYS", "4");

/// No revoked key is accepted and no other refused, and what the nodes have counted when they are
/// stopped is what was seen.
fn keeps_its_promise(engine: Engine, plan: Plan, variables: &[(&str, &str)]) {
    let mut site = Site::start(engine, variables);
    let mut seen = load::run(&mut site, plan, |_, _| ());
    seen.must_be_kept(plan);
    site.restart();
    seen.must_be_counted(&site);
}

#[test]
fn no_request_is_accepted_after_its_keys_revocation_on_sqlite() {
    keeps_its_promise(Engine::Sqlite, SHORT, &[]);
}

#[test]
fn no_request_is_accepted_after_its_keys_revocation_on_postgresql() {
    keeps_its_promise(Engine::Postgres, SHORT, &[]);
}

#[test]
fn nor_where_memory_has_room_for_few_keys() {
    keeps_its_promise(Engine::Sqlite, SHORTER, &[SHORT_OF_ROOM]);
    keeps_its_promise(Engine::Postgres, SHORTER, &[SHORT_OF_ROOM]);
}
