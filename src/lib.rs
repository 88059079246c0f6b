//! DeskForge gives a product its API keys: a dashboard, a JSON API and an audit trail in one binary.

pub mod account;
mod api;
pub mod audit;
mod blocking;
mod busy_poll;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
mod dashboard;
pub mod db;
pub mod demo;
pub mod error;
pub mod fault;
pub mod id;
pub mod inert;
pub mod installation;
pub mod policy;
pub mod project;
pub mod routes;
pub mod secret_key;
pub mod server;
pub mod text;
pub mod token;
