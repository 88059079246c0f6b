//! The keys of the demo, in every state there is.

mod asleep;
mod dead;
mod live;
mod odd;

use crate::demo::people::Who;

pub(super) use asleep::ASLEEP;

/// A key of the demo. Whatever is in days lies so many days before the demo begins.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub(super) owner: Who,
    pub(super) name: &'static str,
    pub(super) note: &'static str,
    pub(super) environment: &'static str,
    pub(super) scopes: &'static [&'static str],
    pub(super) allowed_cidrs: &'static [&'static str],
    pub(super) locations: &'static [&'static str],
    /// The day it was generated.
    pub(super) made: i64,
    /// Its length of life in days; none never ends.
    pub(super) life: Option<i64>,
    /// Whether it was made to replace the one before it in the list.
    pub(super) follows: bool,
    pub(super) traffic: Traffic,
    pub(super) fate: Fate,
}

/// What becomes of a key after it is generated.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    /// Nothing.
    Lives,
    /// Paused on a day, for so many more hours or until somebody resumes it.
    Paused { on: i64, hours: Option<i64> },
    /// Revoked on a day.
    Revoked {
        on: i64,
        by: Who,
        reason: &'static str,
    },
    /// Its end was brought forward on a day, to so many hours from now, as its successor is in use.
    Overtaken { on: i64, hours: i64 },
    /// Taken off the list on a day, after its end.
    Deleted { on: i64 },
}

/// How a key is used.
#[derive(Clone, Copy)]
pub(super) struct Traffic {
    pub(super) address: &'static str,
    /// Requests on a working day and on a day of the weekend.
    pub(super) daily: (i64, i64),
    /// Minutes since the last one, while the key works; none was never used.
    pub(super) quiet: Option<i64>,
    /// Refusals a day once it is dead or paused, by callers that nobody told.
    pub(super) knocking: i64,
    /// A day on which so many requests were refused.
    pub(super) burst: Option<(i64, i64)>,
}

const UNUSED: Traffic = Traffic {
    address: "10.0.4.17",
    daily: (0, 0),
    quiet: None,
    knocking: 0,
    burst: None,
};

/// A key about which there is nothing to say.
const PLAIN: Sample = Sample {
    owner: Who::Mira,
    name: "",
    note: "",
    environment: "none",
    scopes: &["projects:read"],
    allowed_cidrs: &[],
    locations: &[],
    made: 30,
    life: Some(90),
    follows: false,
    traffic: UNUSED,
    fate: Fate::Lives,
};

/// The name of the one that is printed, so that the API can be tried at once.
pub(super) const SHOWN: &str = "Production API";

/// All of them.
pub(super) fn all() -> Vec<Sample> {
    [
        &live::SAMPLES[..],
        &odd::SAMPLES,
        &dead::SAMPLES,
        &asleep::SAMPLES,
    ]
    .concat()
}
