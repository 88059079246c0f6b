//! API keys: what they are, how they come and go, and how a request's key is judged.

pub mod attention;
pub mod change;
pub mod draft;
pub mod environment;
pub mod epoch;
pub mod escalation;
pub mod handover;
pub mod leak;
pub mod lifecycle;
pub mod lifetime;
pub mod lines;
pub mod list;
pub mod model;
pub mod pause;
pub mod repository;
pub mod rotation;
pub mod scope;
pub mod secret;
pub mod unused;
pub mod unusual;
pub mod usage;
pub mod verifier;
pub mod view;
