//! The dashboard in a real browser.

mod flows;
mod inert;
mod inventory;
mod looks;
mod names;
mod people;
mod policy;
mod reveal;
mod rotate;
mod setup;
mod several;
mod walk;
mod weight;
