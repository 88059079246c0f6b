//! An event loop that does not sleep between requests while they follow each other closely.
//!
//! To sleep and be woken takes longer than to answer, and half of it is paid by whoever sends, most
//! of all where processors are virtual. A loop that is asked less often sleeps in between: to look on
//! would take the processor from others, and a kernel that is fair makes it wait for that.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What is close: so many requests,
const CLOSE: u32 = 25;
/// in such a time, which is the shortest that is judged by.
const PERIOD: Duration = Duration::from_millis(1);
/// So many looks in a row that bring nobody end the wait: a microsecond each or somewhat more, as
/// long as from one close request to the next.
const EMPTY_LOOKS: u32 = 40;

/// Keeps an event loop awake while it is busy.
pub(crate) struct BusyPoll {
    requests: Rc<Requests>,
    polling: JoinHandle<()>,
}

#[derive(Default)]
struct Requests {
    count: Cell<u32>,
    came: Notify,
    is_awaited: Cell<bool>,
}

impl BusyPoll {
    /// Keeps the loop awake that this is called in.
    pub(crate) fn start() -> Self {
        let requests = Rc::<Requests>::default();
        let polling = tokio::task::spawn_local(poll(requests.clone()));
        Self { requests, polling }
    }

    /// Notes that a request came.
    pub(crate) fn note(&self) {
        let Requests {
            count,
            came,
            is_awaited,
        } = &*self.requests;
        count.set(count.get().wrapping_add(1));
        if is_awaited.replace(false) {
            came.notify_one();
        }
    }
}

impl Drop for BusyPoll {
    fn drop(&mut self) {
        self.polling.abort();
    }
}

async fn poll(requests: Rc<Requests>) {
    let mut period = Period::start(&requests.count);
    let mut is_busy = false;
    loop {
        requests.is_awaited.set(true);
        requests.came.notified().await;
        if period.start.elapsed() >= PERIOD {
            is_busy = period.is_busy(&requests.count);
            period = Period::start(&requests.count);
        }
        if is_busy {
            look_on(&requests.count).await;
        }
    }
}

struct Period {
    start: Instant,
    count: u32,
}

impl Period {
    fn start(count: &Cell<u32>) -> Self {
        Self {
            start: Instant::now(),
            count: count.get(),
        }
    }

    fn is_busy(&self, count: &Cell<u32>) -> bool {
        let came = count.get().wrapping_sub(self.count);
        PERIOD.saturating_mul(came) >= self.start.elapsed().saturating_mul(CLOSE)
    }
}

/// Looks until nobody comes any more.
async fn look_on(count: &Cell<u32>) {
    let mut seen = count.get();
    let mut empty_looks = 0;
    while empty_looks < EMPTY_LOOKS {
        look().await;
        if count.get() == seen {
            empty_looks += 1;
        } else {
            empty_looks = 0;
            seen = count.get();
        }
    }
}

/// Gives the processor to whoever wants it, then looks at the sockets again.
pub(crate) async fn look() {
    std::thread::yield_now();
    tokio::task::yield_now().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the poll of this loop sleeps, after `yields` looks of others.
    async fn sleeps_within(yields: u32, busy_poll: &BusyPoll) -> bool {
        for _ in 0..yields {
            if busy_poll.requests.is_awaited.get() {
                return true;
            }
            tokio::task::yield_now().await;
        }
        busy_poll.requests.is_awaited.get()
    }

    #[actix_web::test]
    async fn a_loop_looks_on_after_requests_that_are_close_and_then_sleeps() {
        let busy_poll = BusyPoll::start();
        assert!(sleeps_within(2, &busy_poll).await);
        // Nobody waits for more after one that comes alone.
        tokio::time::sleep(10 * PERIOD).await;
        busy_poll.note();
        assert!(sleeps_within(2, &busy_poll).await);
        // Many, for some periods.
        let many = Instant::now();
        let mut is_awake = false;
        while !is_awake && many.elapsed() < 100 * PERIOD {
            busy_poll.note();
            is_awake = !sleeps_within(EMPTY_LOOKS / 2, &busy_poll).await;
        }
        assert!(is_awake);
        assert!(sleeps_within(2 * EMPTY_LOOKS, &busy_poll).await);
    }
}
