//! Requests and refusals by day, as bars: requests rise from one baseline, refusals hang from it.

use crate::clock::Instant;
use crate::text::{counted, grouped};
use crate::token::usage;

/// Requests and refusals of one day.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    /// Days since 1970-01-01.
    pub(crate) day: i32,
    /// Requests let through.
    pub(crate) requests: i64,
    /// Requests refused.
    pub(crate) refusals: i64,
}

impl From<&usage::Day> for Count {
    fn from(day: &usage::Day) -> Self {
        Self::from((day.day, day.requests, day.refusals))
    }
}

impl From<(i32, i64, i64)> for Count {
    fn from((day, requests, refusals): (i32, i64, i64)) -> Self {
        Self {
            day,
            requests,
            refusals,
        }
    }
}

/// Units of the drawing from top to bottom.
const HEIGHT: i64 = 100;
/// Units from one bar to the next, and the bar itself.
const STEP: i64 = 10;
const BAR: i64 = 8;
/// The least height of a bar that stands for something.
const LEAST: i64 = 2;

/// One day's bars.
#[derive(Debug)]
pub(crate) struct Bar {
    /// From the left.
    pub(crate) x: i64,
    /// Height above the baseline.
    pub(crate) up: i64,
    /// Length below it.
    pub(crate) down: i64,
    /// What it stands for.
    pub(crate) day: Count,
}

/// A drawing of some days up to today.
#[derive(Debug)]
pub(crate) struct Chart {
    /// Every day, those without a request too.
    pub(crate) bars: Vec<Bar>,
    /// Where the baseline is, from the top.
    pub(crate) baseline: i64,
    /// All requests.
    pub(crate) requests: i64,
    /// All refusals.
    pub(crate) refusals: i64,
}

impl Chart {
    /// The last `length` days up to the one that `now` is in. `counts` holds those that have
    /// something to show.
    pub(crate) fn new(length: i32, counts: &[Count], now: Instant) -> Self {
        let today = now.day();
        let days: Vec<Count> = (today - length + 1..=today)
            .map(|day| {
                let empty = Count {
                    day,
                    ..Count::default()
                };
                counts
                    .iter()
                    .find(|one| one.day == day)
                    .copied()
                    .unwrap_or(empty)
            })
            .collect();
        let most_up = days.iter().map(|day| day.requests).max().unwrap_or(0);
        let most_down = days.iter().map(|day| day.refusals).max().unwrap_or(0);
        let scale = Scale {
            most: (most_up + most_down).max(1),
        };
        let baseline = HEIGHT - scale.length(most_down);
        let bars = days.iter().zip(0..).map(|(day, index)| Bar {
            x: index * STEP,
            up: scale.length(day.requests).min(baseline),
            down: scale.length(day.refusals),
            day: *day,
        });
        Self {
            bars: bars.collect(),
            baseline,
            requests: days.iter().map(|day| day.requests).sum(),
            refusals: days.iter().map(|day| day.refusals).sum(),
        }
    }

    /// Its width in units.
    pub(crate) fn width(&self) -> i64 {
        self.bars.last().map_or(STEP, |bar| bar.x + BAR)
    }

    /// Whether nothing happened.
    pub(crate) fn is_empty(&self) -> bool {
        self.requests == 0 && self.refusals == 0
    }

    /// "12,408 requests, 31 refusals in 30 days. Busiest: 14 Nov 2026, 902."
    pub(crate) fn caption(&self) -> String {
        let length = self.bars.len();
        if self.is_empty() {
            return format!("No requests in {length} days.");
        }
        let totals = format!(
            "{}, {} in {length} days.",
            counted(self.requests, "request"),
            counted(self.refusals, "refusal"),
        );
        match self.busiest() {
            Some(busiest) if busiest.requests > 0 => {
                format!(
                    "{totals} Busiest: {}, {}.",
                    busiest.date(),
                    grouped(busiest.requests)
                )
            }
            _ => totals,
        }
    }

    /// The most requests of a day.
    pub(crate) fn most(&self) -> String {
        grouped(self.busiest().map_or(0, |day| day.requests))
    }

    /// The first day.
    pub(crate) fn from(&self) -> String {
        self.bars
            .first()
            .map(|bar| bar.day.date())
            .unwrap_or_default()
    }

    /// The last day.
    pub(crate) fn to(&self) -> String {
        self.bars
            .last()
            .map(|bar| bar.day.date())
            .unwrap_or_default()
    }

    /// The earliest of the days with the most requests.
    fn busiest(&self) -> Option<Count> {
        self.bars
            .iter()
            .map(|bar| bar.day)
            .rev()
            .max_by_key(|day| day.requests)
    }
}

impl Count {
    /// "14 Nov 2026".
    pub(crate) fn date(&self) -> String {
        Instant::start_of_day(self.day).date()
    }

    /// "12,408".
    pub(crate) fn exact_requests(&self) -> String {
        grouped(self.requests)
    }

    /// "31".
    pub(crate) fn exact_refusals(&self) -> String {
        grouped(self.refusals)
    }
}

/// How long a bar is.
struct Scale {
    most: i64,
}

impl Scale {
    fn length(&self, count: i64) -> i64 {
        let length = i128::from(count) * i128::from(HEIGHT) / i128::from(self.most);
        let least = if count > 0 { LEAST } else { 0 };
        i64::try_from(length).unwrap_or(HEIGHT).max(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        Instant::parse("2026-11-24T12:00:00Z").unwrap()
    }

    #[test]
    fn every_day_has_its_bar_and_the_caption_tells_the_facts() {
        let busy = Count {
            day: now().day() - 10,
            requests: 902,
            refusals: 31,
        };
        let quiet = Count {
            day: now().day() - 3,
            requests: 1,
            refusals: 0,
        };
        let chart = Chart::new(30, &[quiet, busy], now());
        assert_eq!(chart.bars.len(), 30);
        assert_eq!(chart.from(), "26 Oct 2026");
        assert_eq!(chart.to(), "24 Nov 2026");
        assert_eq!(
            chart.caption(),
            "903 requests, 31 refusals in 30 days. Busiest: 14 Nov 2026, 902."
        );
        for bar in &chart.bars {
            assert!(bar.up <= chart.baseline && chart.baseline + bar.down <= HEIGHT);
        }
        assert!(
            chart.bars.iter().any(|bar| bar.up == LEAST),
            "one request is seen"
        );
    }

    #[test]
    fn no_request_is_said_in_words() {
        let chart = Chart::new(7, &[], now());
        assert!(chart.is_empty());
        assert_eq!(chart.caption(), "No requests in 7 days.");
        assert_eq!(chart.baseline, HEIGHT);
    }
}
