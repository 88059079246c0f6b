//! The JSON API: handlers that take a caller, call one function and answer.

pub(crate) mod answer;
pub(crate) mod audit;
pub(crate) mod bearer;
pub(crate) mod body;
pub(crate) mod cursor;
pub(crate) mod gateway;
pub(crate) mod health;
pub(crate) mod pause;
pub(crate) mod projects;
pub(crate) mod query;
pub(crate) mod rotation;
pub(crate) mod token;
pub(crate) mod tokens;
pub(crate) mod usage;
mod write;
