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
            "Used in the last {RECENT_DAYS} days, last {}{from}. Check who uses it first.",
            last.ago(now)
        );
    }
    let quiet = now.seconds_since(last) / DAY_SECONDS;
    format!("Quiet for {quiet} days. Safe to delete unless a rare job needs it.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::sample;

    #[test]
    fn a_key_in_use_is_told_from_a_quiet_one_and_one_never_used() {
        let now = sample::now();
        let mut token = sample::token();
        assert_eq!(verdict(&token, None, now), "Never used since 5 Sep 2026.");
        token.last_used_at = Some(now.plus_seconds(-240));
        token.last_used_address = Some("10.0.4.17".to_owned());
        assert_eq!(
            verdict(&token, None, now),
            "Used in the last 30 days, last 4 minutes ago from 10.0.4.17. Check who uses it first."
        );
        token.last_used_at = Some(now.plus_days(-40));
        assert_eq!(
            verdict(&token, None, now),
            "Quiet for 40 days. Safe to delete unless a rare job needs it."
        );
    }

    #[test]
    fn a_revoked_key_says_when_by_whom_and_why() {
        let now = sample::now();
        let mut token = sample::token();
        token.revoked_at = Some(now);
        assert_eq!(
            verdict(&token, Some("Mira"), now),
            "Revoked 27 Nov 2026, 14:03 UTC by Mira."
        );
        token.revoked_reason = Some("Compromised".to_owned());
        assert_eq!(
            verdict(&token, None, now),
            "Revoked 27 Nov 2026, 14:03 UTC: Compromised."
        );
    }
}
