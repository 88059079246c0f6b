//! The dashboard, as a browser without a screen has it.

mod audit;
mod cross_user;
mod csrf;
mod docs;
mod forms;
mod generate;
mod guard;
mod key;
mod leaked;
mod list;
mod login;
mod many_events;
mod many_keys;
mod next;
mod overview;
mod projects;
mod reveal;
mod rotate;
mod security;
mod sessions;
mod setup;
mod throttle;
mod tokens;
mod unusual;
