//! Log-ins that fail are counted, by account and by address, in the database: a restart or another
//! node forgets none, and a flood of names drives none out.

mod repository;

use std::net::IpAddr;

use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::secret_key::MacKey;

/// Seconds after the first failure at which a count starts anew.
const WINDOW: i64 = 15 * 60;
/// Failures an account may have in a window.
const PER_ACCOUNT: i32 = 10;
/// Failures an address may have in a window: an office shares one.
const PER_ADDRESS: i32 = 60;

/// What failures are counted for: whoever tries, and what they try.
#[derive(Clone, Debug)]
pub struct Subjects {
    account: String,
    address: String,
}

impl Subjects {
    /// The subjects of one log-in. What was typed as an e-mail address is kept as a digest: now
    /// and then it is a password.
    #[must_use]
    pub fn new(key: &MacKey, canonical_email: &str, address: IpAddr) -> Self {
        let account = format!("account:{}", key.name(&[canonical_email.as_bytes()]));
        // Whoever has one address of IPv6 has the 2⁶⁴ around it.
        let address = match address.to_canonical() {
            IpAddr::V4(address) => format!("address:{address}"),
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64;
                format!("address:{network:016x}::/64")
            }
        };
        Self { account, address }
    }
}

/// Counts a try before it is judged, so that many at once cannot outrun the count.
///
/// # Errors
/// [`Error::Throttled`] when the account or the address has had too many.
pub fn admit(connection: &mut Connection, subjects: &Subjects, now: Instant) -> Result<(), Error> {
    count(connection, &subjects.account, PER_ACCOUNT, now)?;
    count(connection, &subjects.address, PER_ADDRESS, now)
}

/// Takes back what [`admit`] counted for a try that turned out right: the account begins anew, the
/// address loses this one try, so that an own account is no way to unlimited guesses.
///
/// # Errors
/// Those of the database.
pub fn forgive(connection: &mut Connection, subjects: &Subjects) -> Result<(), Error> {
    repository::remove(connection, &subjects.account)?;
    repository::take_back(connection, &subjects.address)
}

/// Removes counts whose window is over.
///
/// # Errors
/// Those of the database.
pub fn sweep(connection: &mut Connection, now: Instant) -> Result<(), Error> {
    repository::remove_started_before(connection, now.plus_seconds(-WINDOW))
}

fn count(connection: &mut Connection, subject: &str, most: i32, now: Instant) -> Result<(), Error> {
    let (failures, started) =
        repository::count(connection, subject, now, now.plus_seconds(-WINDOW))?;
    if failures > most {
        Err(Error::Throttled(started.plus_seconds(WINDOW)))
    } else {
        Ok(())
    }
}
