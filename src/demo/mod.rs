//! Sample data for `serve --demo`: three people, service accounts, their keys in every state there is, their
//! projects, what happened and 90 days of use.
//!
//! All of it follows from the instant it is made at and a fixed seed, but for the keys themselves
//! and the ids; and nearly all of it comes through the same functions as the real thing, called as
//! of an earlier day. What only lies in `demo/repository.rs` has no such function yet.

mod clients;
mod directory;
mod handover;
mod keys;
mod others;
mod people;
mod projects;
mod repository;
mod rules;
mod story;
mod timeline;
mod unusual;
mod usage;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::token;
use crate::token::lifecycle::Mint;
use crate::token::repository::Whose;
use crate::token::secret::Secret;
use story::Story;

pub use directory::Directory;
pub use people::{PASSWORD, Who};

/// Any number: with another one the days would be as busy, but not the same.
const SEED: u64 = 90;

/// Fills an empty database as of `now`; gives a key that works.
///
/// # Errors
/// Those of the database.
pub fn fill(connection: &mut Connection, mint: &Mint, now: Instant) -> Result<Secret, Error> {
    let mut random = StdRng::seed_from_u64(SEED);
    let accounts = people::join(connection, now)?;
    let admin = accounts.actor(Who::Mira);
    let others = others::begin(connection, mint, &accounts, now)?;
    rules::add_scopes(connection, &admin, now.plus_days(-220))?;
    let mut story = Story::new(connection, mint, &accounts, &others, now);
    for (at, scene) in timeline::scenes(&mut random, now) {
        story.play(scene, at)?;
    }
    let Story { keys, shown, .. } = story;
    for (place, sample) in keys::all().into_iter().enumerate() {
        let id = keys.get(&place).copied().ok_or(Error::NotFound)?;
        let token = token::repository::get(connection, Whose::Everyone, id)?.token;
        usage::book(connection, &token, &sample.traffic, &mut random, now)?;
    }
    for (id, traffic) in others.used() {
        let token = token::repository::get(connection, Whose::Everyone, id)?.token;
        usage::book(connection, &token, &traffic, &mut random, now)?;
    }
    unusual::book(connection, &keys::all(), &keys, now)?;
    handover::book(connection, &keys::all(), &keys, &admin, now)?;
    rules::set_policy(connection, &admin, now)?;
    shown.ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests;
