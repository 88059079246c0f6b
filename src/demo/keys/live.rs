//! Keys that work: busy and idle ones, young and old ones, a family of three.

use super::{Fate, PLAIN, SHOWN, Sample, Traffic, UNUSED};
use crate::demo::people::Who;

pub(super) const SAMPLES: [Sample; 14] = [
    Sample {
        name: SHOWN,
        note: "The shop and its workers. Ask Mira before touching it.",
        environment: "production",
        scopes: &["projects:write", "tokens:read"],
        locations: &["Vault: shop/production", "Fly.io secret DESKFORGE_API_KEY"],
        made: 210,
        life: None,
        traffic: Traffic {
            address: "10.0.4.21",
            daily: (1_840, 1_310),
            quiet: Some(1),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "CI/CD Pipeline",
        note: "Deploys the main branch.",
        environment: "production",
        scopes: &["projects:write"],
        locations: &["GitHub Actions secret PROD_KEY", "Netlify, site docs"],
        made: 84,
        traffic: Traffic {
            daily: (420, 35),
            quiet: Some(4),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "Billing worker",
        environment: "production",
        scopes: &["projects:read", "self:rotate"],
        made: 174,
        traffic: Traffic {
            address: "10.0.9.3",
            daily: (260, 250),
            quiet: Some(60),
            ..UNUSED
        },
        fate: Fate::Overtaken {
            on: 85,
            hours: -84 * 24 - 2,
        },
        ..PLAIN
    },
    Sample {
        name: "Billing worker",
        environment: "production",
        scopes: &["projects:read", "invoices:read", "self:rotate"],
        locations: &["Vault: billing/production", "Cron on db-2"],
        made: 86,
        follows: true,
        traffic: Traffic {
            address: "10.0.9.3",
            daily: (270, 255),
            quiet: Some(190),
            ..UNUSED
        },
        fate: Fate::Overtaken { on: 1, hours: 5 },
        ..PLAIN
    },
    Sample {
        name: "Billing worker",
        environment: "production",
        scopes: &["projects:read", "invoices:read", "self:rotate"],
        locations: &["Vault: billing/production", "Cron on db-2"],
        made: 2,
        follows: true,
        traffic: Traffic {
            address: "10.0.9.4",
            daily: (240, 240),
            quiet: Some(2),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "Nightly export",
        note: "Was for the old warehouse. Still needed?",
        environment: "staging",
        made: 190,
        life: Some(365),
        traffic: Traffic {
            address: "10.0.7.2",
            daily: (24, 24),
            quiet: Some(97 * 24 * 60),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        name: "Analytics import",
        made: 33,
        ..PLAIN
    },
    Sample {
        name: "Edge gateway",
        note: "nginx asks with it who may pass.",
        environment: "production",
        scopes: &["introspect"],
        allowed_cidrs: &["10.0.0.0/8", "2001:db8:40::/48"],
        locations: &["/etc/nginx/deskforge.key on edge-1 and edge-2"],
        made: 64,
        traffic: Traffic {
            address: "2001:db8:40::7",
            daily: (2_600, 2_100),
            quiet: Some(1),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        owner: Who::Jonas,
        name: "Mobile app",
        environment: "production",
        made: 50,
        traffic: Traffic {
            address: "198.51.100.8",
            daily: (610, 1_140),
            quiet: Some(1),
            burst: Some((8, 431)),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        owner: Who::Jonas,
        name: "Local development",
        environment: "development",
        scopes: &["projects:write"],
        made: 20,
        life: Some(30),
        traffic: Traffic {
            address: "203.0.113.34",
            daily: (85, 3),
            quiet: Some(26),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        owner: Who::Jonas,
        name: "Terraform",
        environment: "staging",
        scopes: &["tokens:write", "self:rotate"],
        made: 96,
        life: Some(365),
        traffic: Traffic {
            address: "10.0.2.60",
            daily: (31, 0),
            quiet: Some(180),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        owner: Who::Aiko,
        name: "Reporting",
        environment: "production",
        made: 66,
        traffic: Traffic {
            address: "10.0.12.18",
            daily: (130, 20),
            quiet: Some(11),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        owner: Who::Aiko,
        name: "Backup script",
        note: "Runs in the night.",
        environment: "production",
        made: 140,
        life: None,
        traffic: Traffic {
            address: "10.0.12.2",
            daily: (4, 16),
            quiet: Some(420),
            ..UNUSED
        },
        ..PLAIN
    },
    Sample {
        owner: Who::Aiko,
        name: "Notebook",
        environment: "development",
        made: 3,
        life: Some(7),
        traffic: Traffic {
            address: "203.0.113.55",
            daily: (140, 10),
            quiet: Some(70),
            ..UNUSED
        },
        ..PLAIN
    },
];
