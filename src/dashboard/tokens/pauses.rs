//! The last pause of a key, by its events: the row forgets it when the key is resumed.

use serde_json::Value;

use crate::audit::event::{Action, Event};
use crate::clock::Instant;

/// From when to when a key was paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pause {
    /// When it began.
    pub(super) from: Instant,
    /// When it ended or is to end; none while nobody has resumed the key.
    pub(super) until: Option<Instant>,
}

impl Pause {
    /// The last one that `events` tell of, the newest of which comes first. A pause that was given
    /// another end before it was over is still one.
    pub(super) fn last(events: &[Event]) -> Option<Self> {
        let mut pauses: Option<Self> = None;
        for event in events.iter().rev().filter(|event| event.result == "done") {
            if event.action == Action::TokenPause.as_str() {
                let until = until(event);
                let goes_on = pauses.filter(|pause| pause.until.is_none_or(|end| end > event.at));
                pauses = Some(Self {
                    from: goes_on.map_or(event.at, |pause| pause.from),
                    until,
                });
            } else if event.action == Action::TokenResume.as_str()
                && let Some(pause) = &mut pauses
                && pause.until.is_none_or(|end| end > event.at)
            {
                pause.until = Some(event.at);
            }
        }
        pauses
    }

    /// Whether it is over.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.until.is_some_and(|end| end <= now)
    }
}

/// The end that a pause was given.
fn until(event: &Event) -> Option<Instant> {
    let detail: Value = serde_json::from_str(&event.detail).ok()?;
    detail.get("until")?.as_str().and_then(Instant::parse)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::audit::event::Actor;
    use crate::dashboard::sample::now;

    fn event(action: Action, second: i64, until: Option<i64>) -> Event {
        let at = now().plus_seconds(second);
        let detail = json!({ "until": until.map(|second| now().plus_seconds(second)) });
        Event::done(&Actor::nobody(), action, None, None, &detail, at)
    }

    fn last(mut events: Vec<Event>) -> Option<(i64, Option<i64>)> {
        events.reverse();
        let second = |at: Instant| at.seconds_since(now());
        Pause::last(&events).map(|pause| (second(pause.from), pause.until.map(second)))
    }

    #[test]
    fn a_pause_ends_by_itself_or_when_the_key_is_resumed() {
        let pause = |second, until| event(Action::TokenPause, second, until);
        let resume = |second| event(Action::TokenResume, second, None);
        assert_eq!(last(vec![resume(3)]), None);
        assert_eq!(last(vec![pause(1, Some(9))]), Some((1, Some(9))));
        assert_eq!(last(vec![pause(1, None)]), Some((1, None)));
        assert_eq!(last(vec![pause(1, None), resume(5)]), Some((1, Some(5))));
        let late = vec![pause(1, Some(9)), resume(20)];
        assert_eq!(last(late), Some((1, Some(9))));
        let longer = vec![pause(1, Some(9)), pause(4, Some(30))];
        assert_eq!(last(longer), Some((1, Some(30))));
        let another = vec![pause(1, Some(9)), pause(10, None)];
        assert_eq!(last(another), Some((10, None)));
    }
}
