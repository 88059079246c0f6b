//! The dashboard in a real browser.

mod inert;
mod looks;
mod reveal;
mod setup;
mod walk;
