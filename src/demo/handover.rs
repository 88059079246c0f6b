//! A rotation in the midst of the demo: most callers have switched to the new key, one has not, and
//! one has not been seen for days.

use std::collections::BTreeMap;

use crate::audit::event::Actor;
use crate::clock::Instant;
use crate::db::Connection;
use crate::demo::keys::Sample;
use crate::error::Error;
use crate::id::Id;
use crate::token::handover::renew_places;
use crate::token::repository::Whose;
use crate::token::usage::repository::add;
use crate::token::usage::{Counts, Uses};

/// The name of the key: of several in one family the last two.
const NAME: &str = "Billing worker";
/// The place that has the new key.
const RENEWED: &str = "Vault: billing/production";

/// Address, client, and minutes since its last request with the old key, and with the new one.
const CALLERS: [(&str, &str, i64, Option<i64>); 5] = [
    ("10.0.9.3", "curl/8.5", 200, Some(6)),
    ("10.0.9.4", "curl/8.5", 2_900, None),
    ("10.0.9.5", "python-requests/2.32", 1_500, Some(9)),
    ("10.0.4.18", "axios/1.7", 190, None),
    ("10.0.9.31", "Go-http-client/2.0", 4_600, None),
];

/// Minutes for which all of them have been known, so that none is unusual.
const KNOWN: i64 = 50 * 24 * 60;

/// Books the callers; `keys` are the keys by their place among the samples.
pub(super) fn book(
    connection: &mut Connection,
    samples: &[Sample],
    keys: &BTreeMap<usize, Id>,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    let new = samples.iter().rposition(|sample| sample.name == NAME);
    let new = new.ok_or(Error::NotFound)?;
    let key = |place: usize| keys.get(&place).copied().ok_or(Error::NotFound);
    let (old, new) = (key(new.saturating_sub(1))?, key(new)?);
    for (address, client, on_old, on_new) in CALLERS {
        let uses = [(old, Some(KNOWN)), (old, Some(on_old)), (new, on_new)];
        for (token_id, minutes) in uses {
            let Some(minutes) = minutes else { continue };
            let at = now.plus_seconds(-minutes * 60);
            let uses = Uses {
                token_id,
                day: at.day(),
                address: address.to_owned(),
                client: client.to_owned(),
                counts: Counts {
                    requests: 12,
                    ..Counts::default()
                },
                first_at: at,
                last_at: at,
            };
            add(connection, &[uses])?;
        }
    }
    let places = [RENEWED.to_owned()];
    renew_places(connection, Whose::Everyone, old, &places, actor, now)
}
