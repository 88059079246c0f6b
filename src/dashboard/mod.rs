//! The dashboard: pages that work without a script. A handler takes who is here and what they
//! sent, calls one function of a feature, and renders the view that stands beside it.

pub(crate) mod admin;
pub(crate) mod assets;
mod badge;
mod chart;
mod choice;
mod column;
mod cookie;
mod csrf;
pub(crate) mod docs;
mod error_page;
mod event_line;
mod flash;
mod form;
pub(crate) mod guard;
mod life_line;
mod local_path;
pub(crate) mod login;
mod menu;
pub(crate) mod overview;
mod page;
mod pager;
pub(crate) mod password_link;
pub(crate) mod projects;
mod redirect;
mod render;
#[cfg(test)]
mod sample;
pub(crate) mod security;
pub(crate) mod settings;
pub(crate) mod setup;
mod snippets;
pub(crate) mod theme;
pub(crate) mod tokens;
mod verdict;
mod visitor;

pub(crate) use error_page::error_page;
