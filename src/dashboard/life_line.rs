//! The life line: from generated to expiry, filled to a tick at now. Always beside the fact in words.

use crate::clock::Instant;
use crate::token::model::Token;

/// Its width in pixels; its height is 9.
const WIDTH: i64 = 120;
/// Where the tick of a key without an end stands.
const ENDLESS: i64 = 72;

/// What the drawing needs, in pixels from the left.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LifeLine {
    /// The tick: now, or when the key stopped.
    pub(crate) tick: i64,
    /// Whether it goes on without an end.
    pub(crate) is_open: bool,
    /// Whether the key is over.
    pub(crate) is_over: bool,
}

impl LifeLine {
    pub(crate) fn new(token: &Token, now: Instant) -> Self {
        let stopped = [token.revoked_at, token.expires_at.filter(|end| *end <= now)];
        let stopped = stopped.into_iter().flatten().min();
        let lived = stopped
            .unwrap_or(now)
            .seconds_since(token.created_at)
            .max(0);
        let tick = match token.expires_at {
            None => ENDLESS,
            Some(end) => {
                let life = end.seconds_since(token.created_at).max(1);
                (WIDTH * lived / life).clamp(1, WIDTH - 1)
            }
        };
        Self {
            tick,
            is_open: token.expires_at.is_none(),
            is_over: stopped.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboard::sample;

    #[test]
    fn the_tick_stands_at_now_or_where_the_key_stopped() {
        let mut token = sample::token();
        let line = LifeLine::new(&token, sample::now());
        assert_eq!((line.tick, line.is_open, line.is_over), (110, false, false));
        token.revoked_at = Some(token.created_at.plus_days(45));
        let line = LifeLine::new(&token, sample::now());
        assert_eq!((line.tick, line.is_over), (60, true));
        token.revoked_at = None;
        let line = LifeLine::new(&token, sample::now().plus_days(400));
        assert_eq!((line.tick, line.is_over), (119, true));
        token.expires_at = None;
        assert!(LifeLine::new(&token, sample::now()).is_open);
    }
}
