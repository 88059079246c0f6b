//! The words beside a key that say what to know about it.

use crate::clock::Instant;
use crate::token::leak;
use crate::token::model::{Status, Token};

pub(crate) use crate::token::attention::{LONG_DAYS, SOON_DAYS};

/// How many stand beside the status.
const MOST: usize = 2;

/// What usage says of a key, beyond what it says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Signs {
    /// It is dead and still called.
    pub(crate) is_still_called: bool,
    /// It was called from an address never seen.
    pub(crate) has_new_address: bool,
}

/// A few words on a tint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Badge {
    /// The tint: "good", "warn", "bad" or none; and whether the words may wrap.
    pub(crate) tone: &'static str,
    /// The words.
    pub(crate) words: String,
}

impl Badge {
    fn new(tone: &'static str, words: impl Into<String>) -> Self {
        Self {
            tone,
            words: words.into(),
        }
    }

    /// The status of a key.
    pub(crate) fn status(token: &Token, now: Instant) -> Self {
        match token.status(now) {
            Status::Active => Self::new("good", "Active"),
            Status::Paused => Self::new("warn", "Paused"),
            Status::Expired => Self::new("", "Expired"),
            Status::Revoked => Self::new("", "Revoked"),
        }
    }

    /// What stands beside the status, the most pressing first, where only the key is known.
    pub(crate) fn beside(token: &Token, now: Instant) -> Vec<Self> {
        Self::with_signs(token, Signs::default(), now)
    }

    /// What stands beside the status, the most pressing first.
    pub(crate) fn with_signs(token: &Token, signs: Signs, now: Instant) -> Vec<Self> {
        let leaked = leak::is_leaked(token).then(|| Self::new("bad", "Leaked"));
        let live = token.is_live(now);
        let called = (signs.is_still_called && !live).then(|| Self::new("bad", "Still called"));
        let dead = [leaked, called];
        let alive = if live {
            Self::of_live(token, signs, now)
        } else {
            Vec::new()
        };
        dead.into_iter().flatten().chain(alive).take(MOST).collect()
    }

    fn of_live(token: &Token, signs: Signs, now: Instant) -> Vec<Self> {
        let pause = token
            .paused_until
            .filter(|_| token.status(now) == Status::Paused)
            .map(|end| Self::new("warn long", format!("Paused until {}", end.exact())));
        let address = signs
            .has_new_address
            .then(|| Self::new("warn", "New address"));
        let expiry = token
            .expires_at
            .filter(|_| ends_soon(token, now))
            .map(|end| Self::new("warn", format!("Expires {}", end.ahead(now))));
        let unused = is_unused(token, now)
            .then(|| Self::new("warn", format!("Unused for {LONG_DAYS} days")));
        let old = (token.created_at.plus_days(LONG_DAYS) < now)
            .then(|| Self::new("", format!("Over {LONG_DAYS} days old")));
        let endless = token
            .expires_at
            .is_none()
            .then(|| Self::new("", "Never expires"));
        let all = [pause, address, expiry, unused, old, endless];
        all.into_iter().flatten().collect()
    }
}

/// Whether a live key ends within the next days.
pub(crate) fn ends_soon(token: &Token, now: Instant) -> bool {
    token.is_live(now)
        && token
            .expires_at
            .is_some_and(|end| end <= now.plus_days(SOON_DAYS))
}

/// Whether a live key has not been used for long, or since it was generated long ago.
pub(crate) fn is_unused(token: &Token, now: Instant) -> bool {
    let last = token.last_used_at.unwrap_or(token.created_at);
    token.is_live(now) && last.plus_days(LONG_DAYS) <= now
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::sample;

    fn words(token: &Token) -> Vec<String> {
        let badges = Badge::beside(token, sample::now());
        badges.into_iter().map(|badge| badge.words).collect()
    }

    #[test]
    fn the_most_pressing_two_are_told() {
        let mut token = sample::token();
        assert_eq!(words(&token), ["Expires in 6 days"]);
        token.created_at = sample::now().plus_days(-100);
        assert_eq!(words(&token), ["Expires in 6 days", "Unused for 90 days"]);
        token.last_used_at = Some(sample::now());
        token.expires_at = None;
        assert_eq!(words(&token), ["Over 90 days old", "Never expires"]);
    }

    #[test]
    fn what_usage_says_of_a_key_comes_first() {
        let signs = Signs {
            is_still_called: true,
            has_new_address: true,
        };
        let words = |token: &Token| {
            let badges = Badge::with_signs(token, signs, sample::now());
            badges
                .into_iter()
                .map(|badge| badge.words)
                .collect::<Vec<_>>()
        };
        let mut token = sample::token();
        assert_eq!(words(&token), ["New address", "Expires in 6 days"]);
        token.paused_at = Some(sample::now());
        token.paused_until = Some(sample::now().plus_days(1));
        let expected = ["Paused until 28 Nov 2026, 14:03 UTC", "New address"];
        assert_eq!(words(&token), expected);
        token.revoked_at = Some(sample::now());
        assert_eq!(words(&token), ["Still called"]);
        token.revoked_reason = Some("Compromised".to_owned());
        assert_eq!(words(&token), ["Leaked", "Still called"]);
    }

    #[test]
    fn a_dead_key_has_nothing_more_to_say() {
        let mut token = sample::token();
        token.revoked_at = Some(sample::now());
        assert!(words(&token).is_empty());
        token.revoked_reason = Some(leak::REASON.to_owned());
        assert_eq!(words(&token), ["Leaked"]);
        assert_eq!(Badge::status(&token, sample::now()).words, "Revoked");
    }
}
