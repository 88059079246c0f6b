//! All keys in the order of their last use.

pub(super) mod repository;
