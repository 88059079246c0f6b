//! The dashboard, as a browser without a screen has it.

mod cross_user;
mod csrf;
mod docs;
mod forms;
mod generate;
mod guard;
mod key;
mod leaked;
mod login;
mod next;
mod overview;
mod projects;
mod reveal;
mod security;
mod sessions;
mod setup;
mod throttle;
mod tokens;
