//! What is unusual in the demo: one of each kind, and now and then a refusal.

use std::collections::BTreeMap;

use crate::clock::Instant;
use crate::db::Connection;
use crate::demo::keys::{self, Sample};
use crate::error::Error;
use crate::id::Id;
use crate::token::usage::repository::add;
use crate::token::usage::{Counts, Uses};

/// Something that a key was used for beside its daily work.
struct Scene {
    key: &'static str,
    address: &'static str,
    client: &'static str,
    /// Hours before the demo begins.
    hours: i64,
    requests: i64,
    refusals: i64,
}

const SCENES: [Scene; 7] = [
    Scene {
        key: keys::SHOWN,
        address: "198.51.100.23",
        client: "python-requests/2.32",
        hours: 20,
        requests: 14,
        refusals: 0,
    },
    Scene {
        key: "Edge gateway",
        address: "2001:db8:40::7",
        client: "Go-http-client/2.0",
        hours: 50,
        requests: 3,
        refusals: 0,
    },
    Scene {
        key: "Deploy 🚀 to the moon 👩‍🚀",
        address: "10.0.4.17",
        client: "curl/8.5",
        hours: 30,
        requests: 812,
        refusals: 0,
    },
    Scene {
        key: keys::ASLEEP,
        address: "10.0.7.2",
        client: "curl/8.5",
        hours: 9,
        requests: 2,
        refusals: 0,
    },
    Scene {
        key: "مفتاح الإنتاج للمتجر",
        address: "10.0.4.30",
        client: "curl/8.5",
        hours: 26,
        requests: 0,
        refusals: 240,
    },
    Scene {
        key: "<script>alert(\"key\")</script>",
        address: "10.0.4.17",
        client: "curl/8.5",
        hours: 5,
        requests: 0,
        refusals: 18,
    },
    Scene {
        key: "<script>alert(\"key\")</script>",
        address: "10.0.4.17",
        client: "curl/8.5",
        hours: 75,
        requests: 0,
        refusals: 11,
    },
];

/// Books all of it; `keys` are the keys by their place among the samples.
pub(super) fn book(
    connection: &mut Connection,
    samples: &[Sample],
    keys: &BTreeMap<usize, Id>,
    now: Instant,
) -> Result<(), Error> {
    for scene in SCENES {
        let place = samples.iter().position(|sample| sample.name == scene.key);
        let token_id = place.and_then(|place| keys.get(&place));
        let at = now.plus_seconds(-scene.hours * 3_600);
        let uses = Uses {
            token_id: token_id.copied().ok_or(Error::NotFound)?,
            day: at.day(),
            address: scene.address.to_owned(),
            client: scene.client.to_owned(),
            counts: Counts {
                requests: scene.requests,
                refused_scope: scene.refusals,
                ..Counts::default()
            },
            first_at: at,
            last_at: at,
        };
        add(connection, &[uses])?;
    }
    Ok(())
}
