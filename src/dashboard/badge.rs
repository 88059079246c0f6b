//! The words beside a key that say what to know about it.

use crate::clock::Instant;
use crate::token::leak;
use crate::token::model::{Status, Token};

/// Days before its end at which a key says so.
pub(crate) const SOON_DAYS: i64 = 14;
/// Days without a use after which a key is called unused, and of age after which it is called old.
pub(crate) const LONG_DAYS: i64 = 90;
/// How many stand beside the status.
const MOST: usize = 2;

/// A few words on a tint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Badge {
    /// The tint: "good", "warn", "bad" or none.
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

    /// What stands beside the status of a live key, the most pressing first.
    pub(crate) fn beside(token: &Token, now: Instant) -> Vec<Self> {
        if !is_live(token, now) {
            let leaked = leak::is_leaked(token).then(|| Self::new("bad", "Leaked"));
            return leaked.into_iter().collect();
        }
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
        [expiry, unused, old, endless]
            .into_iter()
            .flatten()
            .take(MOST)
            .collect()
    }
}

/// Whether the key can still be used, now or after a pause.
pub(crate) fn is_live(token: &Token, now: Instant) -> bool {
    matches!(token.status(now), Status::Active | Status::Paused)
}

/// Whether a live key ends within the next days.
pub(crate) fn ends_soon(token: &Token, now: Instant) -> bool {
    is_live(token, now)
        && token
            .expires_at
            .is_some_and(|end| end <= now.plus_days(SOON_DAYS))
}

/// Whether a live key has not been used for long, or since it was generated long ago.
pub(crate) fn is_unused(token: &Token, now: Instant) -> bool {
    let last = token.last_used_at.unwrap_or(token.created_at);
    is_live(token, now) && last.plus_days(LONG_DAYS) <= now
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
    fn a_dead_key_says_no_more_than_that_it_leaked() {
        let mut token = sample::token();
        token.revoked_at = Some(sample::now());
        assert!(words(&token).is_empty());
        token.revoked_reason = Some(leak::REASON.to_owned());
        assert_eq!(words(&token), ["Leaked"]);
        assert_eq!(Badge::status(&token, sample::now()).words, "Revoked");
    }
}
