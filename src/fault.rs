//! Faults that can be planted, to show that the tests of the promise would find them
//! (`tests/soak`). Only a build with the feature `planted-faults` has them, and plants the one that
//! the variable `PLANTED_FAULT` names; in every other build nothing of them is left.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// For how long a planted fault leaves open the gap that it makes.
pub(crate) const GAP: Duration = Duration::from_millis(50);

/// How far PostgreSQL's log has come: moves with every statement, and before its commit.
pub(crate) const LOG_POSITION: &str = "(pg_current_wal_insert_lsn() - '0/0')::bigint";

/// One way to break the promise that revocation is immediate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Who has proved freshness goes on without proof for a second.
    ServeUnproved,
    /// A request joins the read of the epoch that is already under way.
    JoinReadUnderWay,
    /// A failure to read the epoch is taken for a proof.
    SwallowError,
    /// The epoch is the position of PostgreSQL's log, which moves before the commit.
    EpochMovesBeforeCommit,
    /// A change is acknowledged before its commit.
    AcknowledgeBeforeCommit,
    /// A change is acknowledged before memory has followed.
    AcknowledgeBeforeFollowing,
    /// A command does not ask the server beside it to follow.
    CommandDoesNotAsk,
    /// A row is read and put into memory without the lock of those who keep it up.
    FillOutsideLock,
}

/// Whether this fault is planted.
#[cfg(not(feature = "planted-faults"))]
pub(crate) const fn planted(_: Fault) -> bool {
    false
}

/// Whether this fault is planted.
#[cfg(feature = "planted-faults")]
pub(crate) fn planted(fault: Fault) -> bool {
    use std::sync::LazyLock;
    static PLANTED: LazyLock<Option<Fault>> = LazyLock::new(|| {
        let name = std::env::var("PLANTED_FAULT").ok()?;
        Fault::ALL.into_iter().find(|fault| fault.name() == name)
    });
    *PLANTED == Some(fault)
}

/// Whether this thread was told otherwise in the last second.
pub(crate) fn lately() -> bool {
    thread_local!(static LAST: Cell<Option<Instant>> = const { Cell::new(None) });
    let is_lately = LAST
        .get()
        .is_some_and(|last| last.elapsed() < Duration::from_secs(1));
    if !is_lately {
        LAST.set(Some(Instant::now()));
    }
    is_lately
}

/// A moment of a change at which the process can be ended, as a power cut would, to show that the
/// change and its event are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The change is made, its event not yet.
    BeforeEvent,
    /// The event waits for the end of the transaction.
    AfterEvent,
    /// The event is written and sealed.
    BeforeCommit,
    /// All is committed, and nobody was told.
    AfterCommit,
}

/// Ends the process if it is to end here.
#[cfg(not(feature = "planted-faults"))]
pub(crate) const fn reach(_: Point) {}

/// Ends the process if it is to end here: `PLANTED_END` names the point, of the first change that
/// has an event.
#[cfg(feature = "planted-faults")]
pub(crate) fn reach(point: Point) {
    use std::sync::LazyLock;
    static PLANTED: LazyLock<Option<Point>> = LazyLock::new(|| {
        let name = std::env::var("PLANTED_END").ok()?;
        Point::ALL.into_iter().find(|point| point.name() == name)
    });
    thread_local!(static LAST: Cell<Option<Point>> = const { Cell::new(None) });
    let last = LAST.replace(Some(point));
    // Most commits are of no change.
    let is_of_a_change = point != Point::AfterCommit || last == Some(Point::BeforeCommit);
    if *PLANTED == Some(point) && is_of_a_change {
        // Nothing of the process is cleared up.
        std::process::abort();
    }
}

#[cfg(feature = "planted-faults")]
impl Point {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [
        Self::BeforeEvent,
        Self::AfterEvent,
        Self::BeforeCommit,
        Self::AfterCommit,
    ];

    /// What `PLANTED_END` calls it.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}

#[cfg(feature = "planted-faults")]
impl Fault {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ServeUnproved,
        Self::JoinReadUnderWay,
        Self::SwallowError,
        Self::EpochMovesBeforeCommit,
        Self::AcknowledgeBeforeCommit,
        Self::AcknowledgeBeforeFollowing,
        Self::CommandDoesNotAsk,
        Self::FillOutsideLock,
    ];

    /// What `PLANTED_FAULT` calls it.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }
}
