//! Each key says in one sentence whether it may go.

use crate::clock::{DAY_SECONDS, Instant};
use crate::text::{counted, grouped};
use crate::token::model::{Status, Token};
use crate::token::usage::Caller;

/// Days for which a key counts as in use after a request.
const RECENT_DAYS: i64 = 30;

/// What is known of a key beside its row.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// The name of who revoked it.
    pub(crate) revoker: Option<String>,
    /// Whoever it let through within a day, the one seen last first.
    pub(crate) recent: Vec<Caller>,
    /// Whoever was refused since it is dead or paused, the one seen last first.
    pub(crate) refused: Vec<Caller>,
}

impl Evidence {
    /// The sentence about `token`.
    pub(crate) fn verdict(&self, token: &Token, now: Instant) -> String {
        match token.status(now) {
            Status::Revoked => self
                .still_called("Revoked", now)
                .unwrap_or_else(|| revoked(token, self.revoker.as_deref())),
            Status::Expired => self
                .still_called("Expired", now)
                .unwrap_or_else(|| expired(token)),
            Status::Paused => self.paused(token),
            Status::Active if self.recent.is_empty() => used(token, now),
            Status::Active => format!(
                "In use: {} in 24 hours. Rotate before you revoke.",
                callers(&self.recent)
            ),
        }
    }

    /// How it came about that a dead key is called still, where the verdict does not say it.
    pub(crate) fn before(&self, token: &Token, now: Instant) -> Option<String> {
        match token.status(now) {
            Status::Revoked if !self.refused.is_empty() => {
                Some(revoked(token, self.revoker.as_deref()))
            }
            Status::Expired if !self.refused.is_empty() => Some(expired(token)),
            _ => None,
        }
    }

    /// "Revoked, and still called: 214 refusals since, last 2 minutes ago from 10.0.0.4 (curl/8.5)."
    fn still_called(&self, state: &str, now: Instant) -> Option<String> {
        let last = self.refused.first()?;
        let refusals: i64 = self.refused.iter().map(|caller| caller.refusals).sum();
        let client = match last.client.as_str() {
            "" => String::new(),
            client => format!(" ({client})"),
        };
        let from = if last.address.is_empty() {
            String::new()
        } else {
            format!(" from {}{client}", last.address)
        };
        Some(format!(
            "{state}, and still called: {} since, last {}{from}.",
            counted(refusals, "refusal"),
            last.last_used_at.ago(now)
        ))
    }

    fn paused(&self, token: &Token) -> String {
        let until = token
            .paused_until
            .map_or_else(|| "somebody resumes it".to_owned(), Instant::exact);
        format!(
            "Paused until {until}: {} refused meanwhile.",
            were(&self.refused)
        )
    }
}

/// "2 callers", or "more than 100 callers" where some were not told apart.
pub(crate) fn callers(callers: &[Caller]) -> String {
    let known = callers.iter().filter(|caller| !caller.is_others()).count();
    if known < callers.len() {
        format!("more than {} callers", grouped(known))
    } else {
        counted(known, "caller")
    }
}

/// "3 callers were", "1 caller was", "nobody was".
pub(crate) fn were(refused: &[Caller]) -> String {
    match refused {
        [] => "nobody was".to_owned(),
        [_] => format!("{} was", callers(refused)),
        _ => format!("{} were", callers(refused)),
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

fn expired(token: &Token) -> String {
    let end = token.expires_at.map(Instant::exact).unwrap_or_default();
    format!("Expired {end}.")
}

fn used(token: &Token, now: Instant) -> String {
    let Some(last) = token.last_used_at else {
        return format!("Never used since {}.", token.created_at.date());
    };
    if last.plus_days(RECENT_DAYS) > now {
        return format!("Used in the last {RECENT_DAYS} days. Check its callers first.");
    }
    let quiet = now.seconds_since(last) / DAY_SECONDS;
    format!("Quiet for {quiet} days. Safe to delete unless a rare job needs it.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::sample;

    fn verdict(token: &Token, revoker: Option<&str>, now: Instant) -> String {
        let evidence = Evidence {
            revoker: revoker.map(str::to_owned),
            ..Evidence::default()
        };
        evidence.verdict(token, now)
    }

    fn caller(address: &str, client: &str, seconds_ago: i64, refusals: i64) -> Caller {
        let at = sample::now().plus_seconds(-seconds_ago);
        Caller {
            address: address.to_owned(),
            client: client.to_owned(),
            first_used_at: at,
            last_used_at: at,
            requests: 1,
            refusals,
        }
    }

    #[test]
    fn a_key_in_use_is_told_from_a_quiet_one_and_one_never_used() {
        let now = sample::now();
        let mut token = sample::token();
        assert_eq!(verdict(&token, None, now), "Never used since 5 Sep 2026.");
        token.last_used_at = Some(now.plus_seconds(-240));
        assert_eq!(
            verdict(&token, None, now),
            "Used in the last 30 days. Check its callers first."
        );
        let mut evidence = Evidence {
            recent: vec![caller("10.0.4.17", "curl/8.5", 240, 0)],
            ..Evidence::default()
        };
        assert_eq!(
            evidence.verdict(&token, now),
            "In use: 1 caller in 24 hours. Rotate before you revoke."
        );
        evidence.recent.push(caller("", "others", 300, 0));
        assert_eq!(
            evidence.verdict(&token, now),
            "In use: more than 1 callers in 24 hours. Rotate before you revoke."
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

    #[test]
    fn a_dead_key_that_is_still_called_says_by_whom() {
        let now = sample::now();
        let mut token = sample::token();
        token.revoked_at = Some(now.plus_days(-1));
        let evidence = Evidence {
            revoker: Some("Mira".to_owned()),
            refused: vec![
                caller("10.0.0.4", "curl/8.5", 120, 210),
                caller("10.0.0.5", "", 900, 4),
            ],
            ..Evidence::default()
        };
        assert_eq!(
            evidence.verdict(&token, now),
            "Revoked, and still called: 214 refusals since, last 2 minutes ago from 10.0.0.4 \
             (curl/8.5)."
        );
        assert_eq!(
            evidence.before(&token, now).as_deref(),
            Some("Revoked 26 Nov 2026, 14:03 UTC by Mira.")
        );
    }

    #[test]
    fn a_paused_key_says_how_many_were_refused() {
        let now = sample::now();
        let mut token = sample::token();
        token.paused_at = Some(now.plus_seconds(-60));
        token.paused_until = Some(now.plus_seconds(840));
        assert_eq!(
            verdict(&token, None, now),
            "Paused until 27 Nov 2026, 14:17 UTC: nobody was refused meanwhile."
        );
        let refused = vec![caller("10.0.0.4", "", 9, 1); 3];
        let evidence = Evidence {
            refused,
            ..Evidence::default()
        };
        assert_eq!(
            evidence.verdict(&token, now),
            "Paused until 27 Nov 2026, 14:17 UTC: 3 callers were refused meanwhile."
        );
    }
}
