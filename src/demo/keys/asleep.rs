//! A key that nobody used for a season, until yesterday.

use super::{PLAIN, Sample, Traffic, UNUSED};

/// Its name.
pub(in crate::demo) const ASLEEP: &str = "Warehouse sync";

pub(super) const SAMPLES: [Sample; 1] = [Sample {
    name: ASLEEP,
    note: "For the yearly stocktaking.",
    environment: "production",
    made: 200,
    life: Some(365),
    traffic: Traffic {
        address: "10.0.7.2",
        daily: (6, 6),
        quiet: Some(131 * 24 * 60),
        ..UNUSED
    },
    ..PLAIN
}];
