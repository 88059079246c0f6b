//! Keeps what workers have booked, and adds it to the rows of the keys.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::error::Error;
use crate::token::usage::Recorder;

/// How often counts of usage are kept.
const FLUSH: Duration = Duration::from_millis(500);
/// How soon it is looked again whether there is something to add.
const LOOK: Duration = Duration::from_millis(250);
/// After a part of them was added to its keys' rows, that rests so many times as long as it took:
/// it takes but a small share of a busy machine, and takes in more at once the longer it takes.
const REST: u32 = 31;
/// How long it rests after it failed.
const RECOVERY: Duration = Duration::from_secs(1);

/// The keeping of usage, on threads of its own. Much passes through memory there, and the allocator
/// holds what a thread has had for its next: the fewer threads, the less.
pub(super) struct Keeping {
    recorder: Recorder,
    thread: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Keeping {
    /// Begins to keep.
    ///
    /// # Errors
    /// [`Error::Internal`] when the system gives no thread.
    pub(super) fn start(recorder: Recorder) -> Result<Self, Error> {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .max_blocking_threads(2)
            .build();
        let (stop, stopped) = oneshot::channel();
        let thread = runtime.and_then(|runtime| {
            runtime.spawn(flush(recorder.clone()));
            runtime.spawn(fold(recorder.clone()));
            let thread = std::thread::Builder::new().name("usage".to_owned());
            thread.spawn(move || drop(runtime.block_on(stopped)))
        });
        let thread = thread.map_err(|error| Error::Internal(format!("usage: {error}")))?;
        Ok(Self {
            recorder,
            thread,
            stop,
        })
    }

    /// Ends, once all that was handed over is in the rows of the keys.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn end(self) -> Result<(), Error> {
        drop(self.stop);
        // Whatever is under way there comes to its end first.
        let _ = tokio::task::spawn_blocking(|| self.thread.join()).await;
        self.recorder.flush().await?;
        while self.recorder.fold().await? {}
        Ok(())
    }
}

async fn flush(recorder: Recorder) {
    let mut ticks = tokio::time::interval(FLUSH);
    loop {
        ticks.tick().await;
        if let Err(error) = recorder.flush().await {
            log::error!("usage is not kept: {error}");
        }
    }
}

async fn fold(recorder: Recorder) {
    loop {
        let begun = Instant::now();
        let rest = match recorder.fold().await {
            Ok(true) => begun.elapsed() * REST,
            Ok(false) => LOOK,
            Err(error) => {
                log::error!("usage is not added up: {error}");
                RECOVERY
            }
        };
        tokio::time::sleep(rest).await;
    }
}
