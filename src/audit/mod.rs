//! What happened, who did it, and whether it was allowed.

pub mod event;
pub mod repository;
