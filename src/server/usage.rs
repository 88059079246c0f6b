//! Keeps what workers have booked, and adds it to the rows of the keys.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::blocking::give_way;
use crate::error::Error;
use crate::token::usage::Recorder;

/// How often counts of usage are kept.
const FLUSH: Duration = Duration::from_millis(500);
/// How soon it is looked again whether there is something to add.
const LOOK: Duration = Duration::from_millis(250);
/// After a part of them was added to its keys' rows, that rests so many times as long as it took:
/// it takes but a small share of a busy machine, and takes in more at once the longer it takes.
const REST: u32 = 31;
/// How long either rests after it failed.
const RECOVERY: Duration = Duration::from_secs(1);

/// The keeping of usage, on threads of its own. Much passes through memory there, and the allocator
/// holds what a thread has had for its next: the fewer threads, the less.
pub(super) struct Keeping {
    recorder: Recorder,
    threads: [Repeating; 2],
}

impl Keeping {
    /// Begins to keep.
    ///
    /// # Errors
    /// [`Error::Internal`] when the system gives no thread.
    pub(super) fn start(recorder: Recorder) -> Result<Self, Error> {
        let (flushed, folded) = (recorder.clone(), recorder.clone());
        let threads = [
            Repeating::start("usage flush", move || flush(&flushed))?,
            Repeating::start("usage fold", move || fold(&folded))?,
        ];
        Ok(Self { recorder, threads })
    }

    /// Ends, once all that was handed over is in the rows of the keys. Waits on this thread.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn end(self) -> Result<(), Error> {
        for thread in self.threads {
            thread.end();
        }
        self.recorder.flush()?;
        while self.recorder.fold()? {}
        Ok(())
    }
}

fn flush(recorder: &Recorder) -> Duration {
    let begun = Instant::now();
    match recorder.flush() {
        Ok(()) => FLUSH.saturating_sub(begun.elapsed()),
        Err(error) => {
            log::error!("usage is not kept: {error}");
            RECOVERY
        }
    }
}

fn fold(recorder: &Recorder) -> Duration {
    let begun = Instant::now();
    match recorder.fold() {
        Ok(true) => begun.elapsed() * REST,
        Ok(false) => LOOK,
        Err(error) => {
            log::error!("usage is not added up: {error}");
            RECOVERY
        }
    }
}

/// A thread that does the same again and again.
struct Repeating {
    thread: JoinHandle<()>,
    stop: Sender<()>,
}

impl Repeating {
    /// Begins; `work` says how long to rest before it is done again.
    fn start(
        name: &str,
        mut work: impl FnMut() -> Duration + Send + 'static,
    ) -> Result<Self, Error> {
        let (stop, stopped) = channel();
        let repeat = move || {
            give_way();
            // The panic itself is in the log.
            let mut work = || catch_unwind(AssertUnwindSafe(&mut work)).unwrap_or(RECOVERY);
            while stopped.recv_timeout(work()) == Err(RecvTimeoutError::Timeout) {}
        };
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(repeat);
        let thread = thread.map_err(|error| Error::Internal(format!("{name}: {error}")))?;
        Ok(Self { thread, stop })
    }

    /// Ends, once what is under way is done.
    fn end(self) {
        drop(self.stop);
        let _ = self.thread.join();
    }
}
