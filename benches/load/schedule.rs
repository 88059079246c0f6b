//! When requests are to be sent.

use std::thread;
use std::time::{Duration, Instant};

/// The places of one connection among several that together send at a fixed rate.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    /// When the first of all is to be sent.
    pub(crate) begin: Instant,
    /// When no more are.
    pub(crate) end: Instant,
    /// Between two of this connection.
    pub(crate) step: Duration,
    /// Of this connection after the first of all.
    pub(crate) offset: Duration,
}

impl Schedule {
    /// The instants, each at its time or, where the answer before it came late, at once: what is
    /// given is when the request was to be sent.
    pub(crate) fn instants(self) -> impl Iterator<Item = Instant> {
        (0u32..)
            .map(move |number| self.begin + self.offset + self.step * number)
            .take_while(move |due| *due < self.end && Instant::now() < self.end)
            .inspect(|due| thread::sleep(due.saturating_duration_since(Instant::now())))
    }
}
