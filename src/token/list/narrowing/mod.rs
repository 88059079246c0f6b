//! What lists of keys are narrowed to.

pub(super) mod repository;
