//! Accounts: who they are, how they prove it, and the sessions they then hold.

pub mod departure;
pub mod email;
pub mod lifecycle;
pub mod link;
pub mod login;
pub mod model;
pub mod password;
pub mod people;
pub mod repository;
pub mod role;
pub mod service;
pub mod session;
pub mod throttle;
pub mod view;
