//! Accounts: who they are, how they prove it, and the sessions they then hold.

pub mod email;
pub mod lifecycle;
pub mod login;
pub mod model;
pub mod password;
pub mod repository;
pub mod session;
pub mod throttle;
pub mod view;
