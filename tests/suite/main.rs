//! The tests that drive the real server from the outside, each on a database of its own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect ends there"
)]

mod harness;

mod accounts;
mod api;
mod audit;
mod availability;
mod bad_input;
mod bearer;
mod browser;
mod command_line;
mod dashboard;
mod layers;
mod log;
mod matrix;
mod memory;
mod migrations;
mod origin;
mod policy;
mod restart;
mod routes;
mod secrets;
mod seed_examples;
mod settings;
mod states;
mod threads;
mod usage;
mod writes;
