//! Instants and the clock that gives them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::macros::{datetime, format_description};
use time::{Date, Duration, OffsetDateTime, UtcDateTime};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Seconds in a day.
pub const DAY_SECONDS: i64 = 86_400;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, within the years 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The last instant that RFC 3339 can write.
    pub const LAST: Self = Self(253_402_300_799 * SECOND);

    /// The instant `micros` microseconds after 1970; brought into the years 1970 to 9999.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(0, Self::LAST.0))
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The same, lent: how a column keeps it.
    pub(crate) const fn as_micros(&self) -> &i64 {
        &self.0
    }

    /// This instant moved by `seconds`, which may be negative; stays within the years 1970 to 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_micros(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }

    /// This instant moved by whole days of 24 hours.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(DAY_SECONDS))
    }

    /// Whole seconds from `earlier` to here, rounded down; negative when `earlier` is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(SECOND)
    }

    /// Days since 1970-01-01, in UTC.
    #[must_use]
    pub fn day(self) -> i32 {
        // The years 1970 to 9999 hold fewer than three million days.
        i32::try_from(self.0 / SECOND / DAY_SECONDS).unwrap_or(i32::MAX)
    }

    /// 00:00 UTC of the day that is `day` days after 1970-01-01.
    #[must_use]
    pub fn start_of_day(day: i32) -> Self {
        Self::from_micros(0).plus_days(i64::from(day))
    }

    /// Reads an RFC 3339 instant (section 5.6); fractions of a second are dropped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let seconds = parsed.unix_timestamp();
        (0..=Self::LAST.0 / SECOND)
            .contains(&seconds)
            .then(|| Self(seconds * SECOND))
    }

    /// The microseconds of an instant written `2026-12-04T09:12:00`, in UTC and in no other form. By
    /// hand, as a log of a million events has a million of them.
    #[must_use]
    pub(crate) fn parse_plain(text: &str) -> Option<i64> {
        let bytes: &[u8; 19] = text.as_bytes().try_into().ok()?;
        let mut values = [0_i32; 6];
        let mut place = 0;
        for (byte, sign) in bytes.iter().zip(b"0000-00-00T00:00:00") {
            match (byte, sign) {
                (b'0'..=b'9', b'0') => {
                    let value = values.get_mut(place)?;
                    *value = *value * 10 + i32::from(byte - b'0');
                }
                (byte, sign) if byte == sign => place += 1,
                _ => return None,
            }
        }
        let [year, month, day, hour, minute, second] = values;
        let small = |value: i32| u8::try_from(value).ok();
        let month = time::Month::try_from(small(month)?).ok()?;
        let date = Date::from_calendar_date(year, month, small(day)?).ok()?;
        let time = date
            .with_hms(small(hour)?, small(minute)?, small(second)?)
            .ok()?;
        let seconds = time.assume_utc().unix_timestamp();
        (seconds >= 0).then(|| seconds * SECOND)
    }

    /// The end of a day written YYYY-MM-DD, which counts in full: the next 00:00 UTC.
    #[must_use]
    pub fn end_of_date(text: &str) -> Option<Self> {
        let date = Date::parse(text, format_description!("[year]-[month]-[day]")).ok()?;
        let start = date.midnight().assume_utc().unix_timestamp();
        (0..Self::LAST.0 / SECOND - DAY_SECONDS)
            .contains(&start)
            .then(|| Self(start * SECOND).plus_days(1))
    }

    /// "5 Sep 2026".
    #[must_use]
    pub fn date(self) -> String {
        self.written(format_description!(
            "[day padding:none] [month repr:short] [year]"
        ))
    }

    /// "2026-09-05", as a form's date field wants it.
    #[must_use]
    pub fn iso_date(self) -> String {
        self.written(format_description!("[year]-[month]-[day]"))
    }

    /// "4 Dec 2026, 09:12 UTC".
    #[must_use]
    pub fn exact(self) -> String {
        self.written(format_description!(
            "[day padding:none] [month repr:short] [year], [hour]:[minute] UTC"
        ))
    }

    /// "4 Dec 2026, 09:12:31", in UTC.
    #[must_use]
    pub fn to_the_second(self) -> String {
        self.written(format_description!(
            "[day padding:none] [month repr:short] [year], [hour]:[minute]:[second]"
        ))
    }

    /// The start of a minute, or the second, that a form's field sends: `2026-12-04T09:12`, in UTC.
    #[must_use]
    pub fn of_minute(text: &str) -> Option<Self> {
        let micros = match text.len() {
            16 => Self::parse_plain(&format!("{text}:00")),
            _ => Self::parse_plain(text),
        };
        micros.map(Self::from_micros)
    }

    /// How long ago this was: "4 minutes ago" up to 30 days, then the date.
    #[must_use]
    pub fn ago(self, now: Self) -> String {
        match now.seconds_since(self) {
            ..1 => "just now".to_owned(),
            seconds @ 1..2_592_000 => format!("{} ago", duration(seconds)),
            _ => self.date(),
        }
    }

    /// How long until this: "in 6 days" up to 30 days, then the date.
    #[must_use]
    pub fn ahead(self, now: Self) -> String {
        match self.seconds_since(now) {
            ..1 => "now".to_owned(),
            seconds @ 1..2_592_000 => format!("in {}", duration(seconds)),
            _ => self.date(),
        }
    }

    /// The bytes of it as RFC 3339 in UTC with seconds. By hand, as every answer to a key that ends
    /// has them.
    #[must_use]
    pub fn rfc_3339(self) -> [u8; 20] {
        let utc = self.utc();
        let (year, month, day) = (utc.year(), u8::from(utc.month()), utc.day());
        let (hour, minute, second) = utc.as_hms();
        let century = u8::try_from(year / 100).unwrap_or(0);
        let year = u8::try_from(year % 100).unwrap_or(0);
        let values = [century, year, month, day, hour, minute, second];
        let mut text = *b"0000-00-00T00:00:00Z";
        for (place, value) in [0, 2, 5, 8, 11, 14, 17].into_iter().zip(values) {
            if let Some([tens, ones]) = text.get_mut(place..place + 2) {
                *tens += value / 10;
                *ones += value % 10;
            }
        }
        text
    }

    fn written(self, format: &(impl time::formatting::Formattable + ?Sized)) -> String {
        self.utc().format(format).unwrap_or_default()
    }

    fn utc(self) -> UtcDateTime {
        datetime!(1970-01-01 0:00 UTC).to_utc() + Duration::microseconds(self.0)
    }
}

/// One unit, rounded down: "1 second", "4 minutes", "6 days".
#[must_use]
pub fn duration(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..DAY_SECONDS => (seconds / 3_600, "hour"),
        _ => (seconds / DAY_SECONDS, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// RFC 3339 in UTC with seconds: "2026-12-04T09:12:00Z".
impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::str::from_utf8(&self.rfc_3339()).unwrap_or_default())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.rfc_3339()).unwrap_or_default())
    }
}

/// Where the program reads the time. Tests hold one that they move by hand.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn manual(start: Instant) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.micros())))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                let micros = since.map_or(0, |since| since.as_micros());
                Instant::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
            }
            Self::Manual(micros) => Instant::from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock to `instant`; the machine's clock stays as it is.
    pub fn set(&self, instant: Instant) {
        if let Self::Manual(micros) = self {
            micros.store(instant.micros(), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_day_counts_in_full() {
        let end = Instant::end_of_date("2027-03-27").unwrap();
        assert_eq!(end.to_string(), "2027-03-28T00:00:00Z");
        assert_eq!(Instant::end_of_date("2027-02-29"), None);
        assert_eq!(Instant::end_of_date("0000-01-01"), None);
    }

    #[test]
    fn instants_are_read_and_written_as_rfc_3339() {
        let instant = Instant::parse("2026-12-04T10:12:30.999+01:00").unwrap();
        assert_eq!(instant.to_string(), "2026-12-04T09:12:30Z");
        assert_eq!(instant.exact(), "4 Dec 2026, 09:12 UTC");
        assert_eq!(Instant::parse("2026-12-04"), None);
        assert_eq!(Instant::parse("1969-12-31T23:59:59Z"), None);
        assert_eq!(Instant::LAST.to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Instant::from_micros(i64::MAX), Instant::LAST);
        assert_eq!(Instant::LAST.plus_days(i64::MAX), Instant::LAST);
    }

    #[test]
    fn durations_have_one_unit_rounded_down() {
        let now = Instant::parse("2026-12-04T09:12:00Z").unwrap();
        assert_eq!(now.ago(now), "just now");
        assert_eq!(now.plus_seconds(-119).ago(now), "1 minute ago");
        assert_eq!(now.plus_days(-90).ago(now), "5 Sep 2026");
        assert_eq!(now.plus_days(6).ahead(now), "in 6 days");
    }
}
