//! Keys that nobody uses are revoked by themselves, where the policy says after how many days. A key
//! that was never used counts from when it was generated, a successor that sleeps among them: the key
//! before it goes on, and is rotated again when somebody gets to it. A pause stops no count.

use crate::audit::event::Actor;
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::policy;
use crate::text::counted;
use crate::token::breach::repository::{quiet, take_turn};
use crate::token::withdrawal::{Act, Order, carry_out};

/// Keys that are revoked in one transaction.
const SOME: i64 = 500;

/// Why a key was revoked.
#[must_use]
pub fn reason(days: i64) -> String {
    format!("Policy: unused for {}", counted(days, "day"))
}

/// Revokes some of the keys that have been unused for too long; whether there may be more. Of several
/// nodes one does it at a time, and the others leave it to that one.
///
/// # Errors
/// Those of the database.
pub fn revoke_some(connection: &mut Connection, now: Instant) -> Result<bool, Error> {
    if !take_turn(connection)? {
        return Ok(false);
    }
    let policy = policy::repository::hold(connection)?;
    let (Some(days), Some(since)) = (policy.unused_days, policy.quiet_since(now)) else {
        return Ok(false);
    };
    if policy.unused_from.is_some_and(|from| from > since) {
        return Ok(false);
    }
    let found = quiet(connection, since, now, SOME)?;
    let unused = found.iter().filter(|token| policy.is_unused(token, now));
    let orders: Vec<Order> = unused
        .map(|token| Order {
            owner: token.owner_id,
            id: token.id,
            act: Act::Revoke(reason(days)),
        })
        .collect();
    let done = carry_out(connection, orders, &Actor::program(), now)?;
    if done.revoked > 0 {
        log::info!("revoked {}: {}", counted(done.revoked, "key"), reason(days));
    }
    Ok(done.revoked > 0)
}
