//! The dashboard in a real browser.

mod inert;
mod looks;
mod reveal;
mod rotate;
mod setup;
mod walk;
