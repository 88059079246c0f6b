//! Proof that what is held in memory is what the database says now.

pub(super) mod postgres;
pub(super) mod process;

use crate::error::Error;

/// A way to prove freshness. After `prove` has succeeded, every change that was acknowledged before
/// it was called is in the registry.
pub(super) trait Freshness {
    /// Proves it, catching up where that is needed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] where it cannot be proved; then nothing may be judged by memory.
    async fn prove(&self) -> Result<(), Error>;
}
