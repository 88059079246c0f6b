//! How long a key lives.

use crate::clock::Instant;
use crate::policy::Policy;

/// The lengths that forms offer, in days.
pub const PRESET_DAYS: [i64; 5] = [7, 30, 60, 90, 365];
/// The length where none is chosen: keys are to be rotated every 90 days.
pub const DEFAULT_DAYS: i64 = 90;

/// What somebody chose for the end of a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// So many days of 24 hours from now.
    Days(i64),
    /// At an instant.
    Until(Instant),
    /// Never.
    Never,
}

impl Default for Lifetime {
    fn default() -> Self {
        Self::Days(DEFAULT_DAYS)
    }
}

impl Lifetime {
    /// Reads the two fields of the generate form: a number of days that is offered, `never`, or
    /// `custom` with the last day (YYYY-MM-DD) on which the key works.
    ///
    /// # Errors
    /// The field at fault and a sentence.
    pub fn from_form(
        expires_in: &str,
        last_day: &str,
        policy: &Policy,
        now: Instant,
    ) -> Result<Self, (&'static str, String)> {
        match expires_in {
            "" => Ok(Self::Days(policy.default_days)),
            "never" => Ok(Self::Never),
            "custom" => {
                let end = Instant::end_of_date(last_day.trim())
                    .ok_or(("expires_on", "Enter the last day as YYYY-MM-DD".to_owned()))?;
                if end <= now.plus_days(1) {
                    let today = now.date();
                    return Err(("expires_on", format!("Last day must be after {today} UTC")));
                }
                Ok(Self::Until(end))
            }
            // One that is too long is told so by the policy.
            days => PRESET_DAYS
                .into_iter()
                .chain(policy.offered_days())
                .find(|preset| preset.to_string() == days)
                .map(Self::Days)
                .ok_or(("expires_in", "Choose when the key expires".to_owned())),
        }
    }

    /// Reads what the command line takes: `90d`, or `never`.
    ///
    /// # Errors
    /// A sentence.
    pub fn from_flag(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self::Never);
        }
        text.strip_suffix('d')
            .and_then(|days| days.parse().ok())
            .filter(|days| (1..=36_500).contains(days))
            .map(Self::Days)
            .ok_or_else(|| "want a number of days such as 90d, or never".to_owned())
    }

    /// The end of a key made at `now`; none means never.
    ///
    /// # Errors
    /// A sentence where the end is not ahead.
    pub fn end(self, now: Instant) -> Result<Option<Instant>, String> {
        match self {
            Self::Never => Ok(None),
            Self::Days(days) => Ok(Some(now.plus_days(days))),
            Self::Until(end) if end > now => Ok(Some(end)),
            Self::Until(_) => Err(format!("Must be after {}", now.exact())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_day_counts_in_full_and_lies_after_today() {
        let now = Instant::parse("2026-11-27T14:03:00Z").unwrap();
        let chosen = Lifetime::from_form("custom", "2026-11-28", &Policy::default(), now).unwrap();
        assert_eq!(
            chosen.end(now).unwrap().unwrap().to_string(),
            "2026-11-29T00:00:00Z"
        );
        let today =
            Lifetime::from_form("custom", "2026-11-27", &Policy::default(), now).unwrap_err();
        assert_eq!(
            today,
            (
                "expires_on",
                "Last day must be after 27 Nov 2026 UTC".to_owned()
            )
        );
        assert_eq!(
            Lifetime::from_form("custom", "27.11.2026", &Policy::default(), now)
                .unwrap_err()
                .0,
            "expires_on"
        );
        assert_eq!(
            Lifetime::from_form("91", "", &Policy::default(), now)
                .unwrap_err()
                .0,
            "expires_in"
        );
    }

    #[test]
    fn ninety_days_are_the_default() {
        let now = Instant::parse("2026-11-27T14:03:00Z").unwrap();
        let end = Lifetime::from_form("", "", &Policy::default(), now)
            .unwrap()
            .end(now)
            .unwrap()
            .unwrap();
        assert_eq!(end.exact(), "25 Feb 2027, 14:03 UTC");
        assert_eq!(Lifetime::from_flag("never"), Ok(Lifetime::Never));
        assert_eq!(Lifetime::from_flag("7d"), Ok(Lifetime::Days(7)));
        for text in ["", "7", "0d", "-1d", "99999999999d", "90 d"] {
            assert!(Lifetime::from_flag(text).is_err());
        }
    }
}
