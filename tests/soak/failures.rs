//! What befalls the nodes and their database while keys are revoked: whoever cannot prove a key says
//! so, and nobody accepts a revoked one.

use std::thread::sleep;
use std::time::{Duration, Instant};

use deskforge::config::DatabaseUrl;

use crate::SHORTER;
use crate::connection::{Connection, request};
use crate::harness::{Engine, Proxy};
use crate::load::{Seen, run};
use crate::site::Site;

/// How soon after its database is back a node must judge keys again.
pub(crate) const SOON: Duration = Duration::from_secs(5);

fn milliseconds(count: u64) {
    sleep(Duration::from_millis(count));
}

#[test]
fn a_node_that_was_stopped_does_not_accept_what_was_revoked_meanwhile() {
    let mut site = Site::start(Engine::Postgres, &[]);
    // What arrives while a node is stopped is answered when it goes on.
    let seen = run(&mut site, SHORTER, |load, site| {
        while !load.is_over() {
            for node in &site.nodes[1..] {
                let serving = node.serving.as_ref().unwrap();
                serving.signal("STOP");
                milliseconds(100);
                serving.signal("CONT");
                milliseconds(30);
            }
        }
    });
    seen.must_be_kept(SHORTER);
}

#[test]
fn a_node_that_was_killed_comes_back_knowing_what_is_revoked() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut site = Site::start(engine, &[]);
        let seen = run(&mut site, SHORTER, |load, site| {
            let place = site.commands.place.clone();
            let node = site.nodes.last_mut().unwrap();
            while !load.is_over() {
                milliseconds(300);
                node.serving.take().unwrap().kill();
                node.start(&place);
            }
        });
        seen.must_be_kept(SHORTER);
    }
}

#[test]
fn a_node_without_its_database_accepts_nothing_and_goes_on_when_it_is_back() {
    let seen = cut_off(&[]);
    seen.must_be_kept(SHORTER);
    assert!(seen.unavailable > 0, "{:?}", seen.figures());
}

/// Cuts the last node's way to the database again and again, every other time that of all nodes.
pub(crate) fn cut_off(variables: &[(&str, &str)]) -> Seen {
    let mut site = Site::new(Engine::Postgres, variables);
    let proxies = [Proxy::to_postgres(), Proxy::to_postgres()];
    let url = site.commands.place.database_url().parse().unwrap();
    for proxy in [&proxies[0], &proxies[0], &proxies[1]] {
        let DatabaseUrl::Postgres(url) = proxy.redirect(&url) else {
            unreachable!("a wire to a file")
        };
        site.add_node(&[("DATABASE_URL", &url)]);
    }
    run(&mut site, SHORTER, |load, site| {
        while !load.is_over() {
            for cut in [&proxies[1..], &proxies[..]] {
                milliseconds(200);
                cut.iter().for_each(Proxy::cut);
                milliseconds(200);
                cut.iter().for_each(Proxy::mend);
                goes_on(site);
            }
        }
    })
}

/// Every node soon judges keys again.
fn goes_on(site: &Site) {
    let ask = request("GET", "/token", &site.keeper, "");
    let back = Instant::now();
    for node in &site.nodes {
        let mut connection = Connection::to(&node.address);
        while !matches!(connection.ask(&ask), Ok((200, _))) {
            assert!(back.elapsed() < SOON, "{} does not", node.address);
            milliseconds(10);
        }
    }
}
