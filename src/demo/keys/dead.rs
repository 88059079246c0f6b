//! Keys that do not work, or not now: paused, expired, revoked, deleted, some of them still called.

use super::{Fate, PLAIN, Sample, Traffic, UNUSED};
use crate::demo::people::Who;

pub(super) const SAMPLES: [Sample; 8] = [
    Sample {
        name: "Old laptop",
        environment: "development",
        scopes: &["projects:write", "tokens:write"],
        made: 150,
        life: None,
        traffic: Traffic {
            address: "198.51.100.77",
            daily: (38, 4),
            quiet: Some(15),
            knocking: 36,
            ..UNUSED
        },
        fate: Fate::Revoked {
            on: 41,
            by: Who::Mira,
            reason: "Someone left",
        },
        ..PLAIN
    },
    Sample {
        name: "Partner bridge",
        note: "Found in a public repository.",
        environment: "production",
        scopes: &["projects:write"],
        made: 71,
        traffic: Traffic {
            address: "192.0.2.140",
            daily: (150, 120),
            quiet: Some(3),
            burst: Some((11, 1_204)),
            ..UNUSED
        },
        fate: Fate::Revoked {
            on: 12,
            by: Who::Mira,
            reason: "Compromised",
        },
        ..PLAIN
    },
    Sample {
        name: "Load test",
        environment: "staging",
        made: 58,
        traffic: Traffic {
            address: "10.0.7.9",
            daily: (900, 0),
            quiet: Some(30),
            ..UNUSED
        },
        fate: Fate::Paused { on: 5, hours: None },
        ..PLAIN
    },
    Sample {
        name: "Status page",
        environment: "production",
        made: 47,
        traffic: Traffic {
            address: "192.0.2.15",
            daily: (288, 288),
            quiet: Some(5),
            knocking: 288,
            ..UNUSED
        },
        fate: Fate::Paused {
            on: 1,
            hours: Some(6),
        },
        ..PLAIN
    },
    Sample {
        name: "Partner sandbox",
        environment: "staging",
        made: 99,
        traffic: Traffic {
            address: "192.0.2.80",
            daily: (61, 12),
            quiet: Some(20),
            knocking: 9,
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "Trial",
        made: 130,
        life: Some(30),
        traffic: Traffic {
            daily: (12, 0),
            quiet: Some(600),
            ..UNUSED
        },
        fate: Fate::Deleted { on: 60 },
        ..PLAIN
    },
    Sample {
        owner: Who::Jonas,
        name: "Prüfstand München",
        made: 70,
        traffic: Traffic {
            daily: (5, 0),
            quiet: Some(900),
            ..UNUSED
        },
        fate: Fate::Revoked {
            on: 19,
            by: Who::Jonas,
            reason: "",
        },
        ..PLAIN
    },
    Sample {
        owner: Who::Aiko,
        name: "Data room",
        environment: "staging",
        made: 80,
        traffic: Traffic {
            daily: (22, 0),
            quiet: Some(2_000),
            ..UNUSED
        },
        fate: Fate::Revoked {
            on: 25,
            by: Who::Aiko,
            reason: "No longer needed",
        },
        ..PLAIN
    },
];
