//! Each key says in one sentence whether it may go.

use crate::clock::{DAY_SECONDS, Instant};
use crate::token::model::{Status, Token};

/// Days for which a key counts as in use after a request.
const RECENT_DAYS: i64 = 30;

/// The sentence about `token`; `revoker` is the name of who revoked it.
pub(crate) fn verdict(token: &Token, revoker: Option<&str>, now: Instant) -> String {
    match token.status(now) {
        Status::Revoked => revoked(token, revoker),
        Status::Expired => token
            .expires_at
            .map(|end| format!("Expired {}.", end.exact()))
            .unwrap_or_default(),
        Status::Paused => match token.paused_until {
            Some(end) => format!("Paused until {}.", end.exact()),
            None => "Paused until somebody resumes it.".to_owned(),
        },
        Status::Active => in_use(token, now),
    }
}

fn revoked(token: &Token, revoker: Option<&str>) -> String {
    let at = token.revoked_at.map(Instant::exact).unwrap_or_default();
    let by = revoker
        .map(|name| format!(" by {name}"))
        .unwrap_or_default();
    match token.revoked_reason.as_deref() {
        Some(reason) if !reason.is_empty() => format!("Revoked {at}{by}: {reason}."),
        _ => format!("Revoked {at}{by}."),
    }
}

fn in_use(token: &Token, now: Instant) -> String {
    let Some(last) = token.last_used_at else {
        return format!("Never used since {}.", token.created_at.date());
    };
    if last.plus_days(RECENT_DAYS) > now {
        let from = token.last_used_address.as_ref();
        let from = from
            .map(|address| format!(" from {address}"))
            .unwrap_or_default();
        return format!(
            "In use: last {}{from}. Find out who needs it first.",
            last.ago(now)
        );
    }
    let quiet = now.seconds_since(last) / DAY_SECONDS;
    format!("Quiet for {quiet} days. Safe to delete unless a rare job needs it.")
}
