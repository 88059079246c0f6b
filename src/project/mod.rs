//! Projects: what keys read and write.

pub mod lifecycle;
pub mod model;
pub mod repository;
