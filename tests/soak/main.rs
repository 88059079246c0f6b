//! Whether a revocation is immediate: real nodes under load, keys revoked one after another, and
//! every answer held against the promise of `docs/freshness.md`. `scripts/soak` does it at length.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect ends there"
)]

mod connection;
#[expect(unused, reason = "the suite's own, of which this wants a part")]
#[path = "../suite/harness/mod.rs"]
mod harness;
mod load;
mod revoker;
mod site;

use harness::Engine;
use load::Plan;
use site::Site;

/// What every commit can afford.
const SHORT: Plan = Plan {
    revocations: 40,
    checked: 10_000,
    connections: 4,
};

fn keeps_its_promise(engine: Engine, variables: &[(&str, &str)]) {
    let mut site = Site::start(engine, variables);
    let seen = load::run(&mut site, SHORT, |_, _| ());
    eprintln!("{}", seen.told());
    seen.must_be_kept(SHORT);
    site.restart();
    seen.must_be_counted(&site);
}

#[test]
fn no_request_is_accepted_after_its_keys_revocation_on_sqlite() {
    keeps_its_promise(Engine::Sqlite, &[]);
}

#[test]
fn no_request_is_accepted_after_its_keys_revocation_on_postgresql() {
    keeps_its_promise(Engine::Postgres, &[]);
}
