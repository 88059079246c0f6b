//! The checker: asks every node about keys without a pause, while they are revoked one after
//! another, and holds each answer against the promise.
//!
//! That a request began after an acknowledgement is shown by no clock, but by the order of one
//! program: the acknowledgement arrives, *then* the key is marked; a request reads the mark, *then*
//! is sent. Likewise a key is marked before its revocation is sent, and a request looks at that mark
//! after its answer has come.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::connection::{Connection, request};
use crate::revoker::Revoker;
use crate::site::Site;

/// How the promise is broken.
pub(crate) const ACCEPTED: &str = "accepted after its revocation was acknowledged";

/// How long the checked requests between two revocations may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// How much is to be asked.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// Keys to be revoked.
    pub(crate) revocations: usize,
    /// Requests that begin after their key's revocation was acknowledged.
    pub(crate) checked: u64,
    /// Connections to all nodes together.
    pub(crate) connections: usize,
}

/// Where a key is in its life: what is known of it for sure.
const LIVE: u8 = 0;
const ASKED: u8 = 1;
const REVOKED: u8 = 2;

struct Key {
    id: String,
    request: Vec<u8>,
    life: AtomicU8,
    accepted: AtomicU64,
    refused: AtomicU64,
}

/// A run of requests and revocations.
pub(crate) struct Load {
    plan: Plan,
    keys: Vec<Key>,
    /// The key that is being revoked, or the next to be.
    current: AtomicUsize,
    checked: AtomicU64,
    unavailable: AtomicU64,
    lost: AtomicU64,
    broken: Mutex<Vec<String>>,
    is_over: AtomicBool,
}

/// What was seen.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) revocations: usize,
    pub(crate) checked: u64,
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    /// Answers that a key cannot be judged.
    pub(crate) unavailable: u64,
    /// Requests without an answer.
    pub(crate) lost: u64,
    /// Answers that are wrong; a revoked key that is accepted ends the run.
    pub(crate) broken: Vec<String>,
    pub(crate) time: Duration,
    /// By how much the counts of usage differ from what was seen.
    pub(crate) miscounted: u64,
    /// Of each key its id and how many requests were accepted and refused.
    pub(crate) keys: Vec<(String, u64, u64)>,
}

/// Asks and revokes until all is asked or a revoked key is accepted; `disturb` has the nodes
/// meanwhile.
pub(crate) fn run(site: &mut Site, plan: Plan, disturb: impl FnOnce(&Load, &mut Site)) -> Seen {
    let load = Load::of(site, plan);
    let addresses: Vec<_> = site.nodes.iter().map(|node| node.address.clone()).collect();
    let revoker = Revoker::of(site);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for address in &addresses {
            for _ in 0..plan.connections / addresses.len() {
                scope.spawn(|| load.ask(address));
            }
        }
        scope.spawn(|| load.revoke(revoker));
        disturb(&load, site);
    });
    load.seen(begun.elapsed())
}

impl Load {
    fn of(site: &Site, plan: Plan) -> Self {
        // One more than is revoked: the last of them is live to the end.
        let keys = site.generate(plan.revocations + 1);
        let key = |(id, secret): (String, String)| Key {
            id,
            request: request("GET", "/auth/verify", &secret, ""),
            life: AtomicU8::new(LIVE),
            accepted: AtomicU64::new(0),
            refused: AtomicU64::new(0),
        };
        Self {
            plan,
            keys: keys.into_iter().map(key).collect(),
            current: AtomicUsize::new(0),
            checked: AtomicU64::new(0),
            unavailable: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            broken: Mutex::default(),
            is_over: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(SeqCst)
    }

    /// One connection's requests, one after another.
    fn ask(&self, address: &str) {
        let mut connection = Connection::to(address);
        while !self.is_over() {
            // Now and then one comes late, so that connections do not keep step with each other.
            if rand::random_range(0..16) == 0 {
                sleep(Duration::from_micros(rand::random_range(0..50_000)));
            }
            let key = self.pick();
            let before = key.life.load(SeqCst);
            let Ok((status, _)) = connection.ask(&key.request) else {
                self.lost.fetch_add(1, SeqCst);
                sleep(Duration::from_millis(5));
                continue;
            };
            let after = key.life.load(SeqCst);
            match status {
                200..300 => {
                    key.accepted.fetch_add(1, SeqCst);
                    if before == REVOKED {
                        self.breaks(ACCEPTED, key, address);
                    }
                }
                401 => {
                    key.refused.fetch_add(1, SeqCst);
                    if after == LIVE {
                        self.breaks("refused before anybody revoked it", key, address);
                    }
                }
                503 => {
                    self.unavailable.fetch_add(1, SeqCst);
                    continue;
                }
                _ => self.breaks(&format!("answered with {status}"), key, address),
            }
            if before == REVOKED {
                self.checked.fetch_add(1, SeqCst);
            }
        }
    }

    /// A key: mostly one that was just revoked, or the next two to be.
    fn pick(&self) -> &Key {
        let current = self.current.load(SeqCst);
        let place = match rand::random_range(0..16) {
            0 => current + 1,
            1..4 => current,
            4..12 => current.saturating_sub(1),
            far => current.saturating_sub(far - 10),
        };
        &self.keys[place.min(self.plan.revocations)]
    }

    fn breaks(&self, how: &str, key: &Key, address: &str) {
        let fault = format!("{}: {how}, by {address}", key.id);
        self.broken.lock().unwrap().push(fault);
        // Whatever else is wrong, the worst may be still to come.
        if how == ACCEPTED {
            self.is_over.store(true, SeqCst);
        }
    }

    /// Revokes the keys, each when its share of the checked requests was made.
    fn revoke(&self, mut revoker: Revoker) {
        let _over = Over(&self.is_over);
        let Plan {
            revocations,
            checked,
            ..
        } = self.plan;
        for (number, key) in self.keys.iter().take(revocations).enumerate() {
            self.wait_for(checked * number as u64 / revocations as u64);
            if self.is_over() {
                return;
            }
            key.life.store(ASKED, SeqCst);
            revoker.revoke(number, &key.id);
            key.life.store(REVOKED, SeqCst);
            self.current.store(number + 1, SeqCst);
        }
        self.wait_for(checked);
    }

    fn wait_for(&self, checked: u64) {
        let begun = Instant::now();
        while self.checked.load(SeqCst) < checked && !self.is_over() {
            assert!(begun.elapsed() < PATIENCE, "requests come to nothing");
            sleep(Duration::from_micros(200));
        }
    }

    fn seen(self, time: Duration) -> Seen {
        let count = |key: Key| (key.id, key.accepted.into_inner(), key.refused.into_inner());
        let keys: Vec<_> = self.keys.into_iter().map(count).collect();
        Seen {
            revocations: self.current.into_inner(),
            checked: self.checked.into_inner(),
            accepted: keys.iter().map(|(_, accepted, _)| accepted).sum(),
            refused: keys.iter().map(|(_, _, refused)| refused).sum(),
            unavailable: self.unavailable.into_inner(),
            lost: self.lost.into_inner(),
            broken: self.broken.into_inner().unwrap(),
            time,
            miscounted: 0,
            keys,
        }
    }
}

impl Seen {
    /// The promise was kept, and enough was asked to say so.
    #[track_caller]
    pub(crate) fn must_be_kept(&self, plan: Plan) {
        assert_eq!(self.broken, [""; 0], "{:?}", self.figures());
        let is_enough = self.revocations == plan.revocations && self.checked >= plan.checked;
        assert!(is_enough, "{:?}", self.figures());
    }

    /// Holds what the database says that keys were used against what was seen of each, once the
    /// nodes have stopped: it is right to the unit, lost answers aside.
    #[track_caller]
    pub(crate) fn must_be_counted(&mut self, site: &Site) {
        let counts = site.counts(self.keys.iter().map(|(id, ..)| id.as_str()));
        let differs = |((_, accepted, refused), counted): (&(String, u64, u64), (u64, u64))| {
            accepted.abs_diff(counted.0) + refused.abs_diff(counted.1)
        };
        self.miscounted = self.keys.iter().zip(counts).map(differs).sum();
        assert!(self.miscounted <= self.lost, "{:?}", self.figures());
    }

    /// All of it in figures.
    pub(crate) fn figures(&self) -> [(&'static str, u64); 9] {
        let milliseconds = u64::try_from(self.time.as_millis()).unwrap();
        let answers = self.accepted + self.refused;
        [
            ("revocations", self.revocations as u64),
            ("checked", self.checked),
            ("accepted", self.accepted),
            ("refused", self.refused),
            ("unavailable", self.unavailable),
            ("lost", self.lost),
            ("per second", answers * 1_000 / milliseconds.max(1)),
            ("miscounted", self.miscounted),
            ("broken", self.broken.len() as u64),
        ]
    }
}

/// However revoking ends, the requests end with it.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}
