//! Work that no event loop waits for: on threads that leave the processor to those that answer.

use crate::error::Error;

/// By how much such a thread is nicer than an event loop (setpriority(2)): a loop that wakes up
/// does not wait for it, and while all processors are busy it still gets a quarter of what a loop
/// gets, so that changes go on and usage is kept.
const NICENESS: i32 = 5;

/// Does `work` on such a thread.
///
/// # Errors
/// Those of `work`; [`Error::Internal`] when it panics.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let task = tokio::task::spawn_blocking(|| {
        give_way();
        work()
    });
    // The task fails only where the work panics; the panic itself is in the log.
    task.await.unwrap_or_else(|_| {
        Err(Error::Internal(
            "work beside the event loops panicked".to_owned(),
        ))
    })
}

/// Makes this thread, which answers nobody itself, one of them.
pub(crate) fn give_way() {
    thread_local! {
        // Where the system does not allow it, answers come a little later; nothing else is lost.
        static GIVEN: bool = rustix::process::nice(NICENESS).is_ok();
    }
    GIVEN.with(|_| ());
}
