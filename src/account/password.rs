//! Passwords: which are taken, and how they are kept and compared.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand::TryRng;
use rand::rngs::SysRng;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::blocking::blocking;
use crate::error::Error;

/// The fewest code points, whatever the admins say (NIST SP 800-63B-4 section 3.1.1.2, for a
/// password that stands alone).
pub const SHORTEST: i64 = 15;
/// The most bytes, looked at before anything is hashed.
const MOST_BYTES: usize = 256;
/// Memory of one hash in KiB, passes and lanes (OWASP Password Storage Cheat Sheet, argon2id).
const COST: (u32, u32, u32) = (19_456, 2, 1);
/// Hashes computed at once: so many times 19 MiB is the most memory log-ins can take.
const PERMITS: usize = 4;

/// Passwords that long lists of stolen ones begin with, among those long enough to be taken.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password in clear: wiped when it goes, never shown.
#[derive(Clone, Default)]
pub struct Password(Zeroizing<String>);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl Password {
    /// Whether a new password may be this one. `shortest` is what the policy demands, `known` are
    /// words about the person, such as the name and the e-mail address.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(&self, shortest: i64, known: &[&str]) -> Result<(), String> {
        if self.0.len() > MOST_BYTES {
            return Err(format!("Password must be {MOST_BYTES} bytes or fewer"));
        }
        let shortest = shortest.max(SHORTEST);
        if i64::try_from(self.0.chars().count()).is_ok_and(|count| count < shortest) {
            return Err(format!("Password must be {shortest} characters or more"));
        }
        let folded = self.0.to_lowercase();
        let listed = COMMON.lines().any(|common| common == folded);
        let first = folded.chars().next();
        let repeated = folded.chars().all(|one| Some(one) == first);
        let personal = known
            .iter()
            .any(|word| !word.is_empty() && folded == word.to_lowercase());
        if listed || repeated || personal {
            return Err("Password is too easy to guess. A sentence works well.".to_owned());
        }
        Ok(())
    }
}

/// What a hash is computed in.
type Memory = Vec<Block>;

/// Computes and compares password hashes, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// Kept for the next: large, and given back again and again by ever other threads, it would
    /// become many times as much in the hands of an allocator.
    memories: Arc<Mutex<Vec<Memory>>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(PERMITS)),
            memories: Arc::default(),
        }
    }
}

impl Passwords {
    /// Hashes a new password, into the PHC string format.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub async fn hash(&self, password: Password) -> Result<String, Error> {
        self.permitted(move |memory| hash_in(memory, &password))
            .await
    }

    /// Whether `password` is the one that `stored` was made from. Without a stored hash the same
    /// work is done for nothing, so that the time does not tell whether there is one.
    ///
    /// # Errors
    /// When the work cannot be done.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<bool, Error> {
        self.permitted(move |memory| Ok(verify(memory, &password, stored.as_deref())))
            .await
    }

    /// The permit is held by the work itself: a client that leaves does not free it early.
    async fn permitted<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let permit = self.permits.clone().acquire_owned().await;
        let memories = self.memories.clone();
        blocking(move || {
            let _permit = permit;
            let memories = || memories.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = memories().pop().unwrap_or_default();
            let done = work(&mut memory);
            memories().push(memory);
            done
        })
        .await
    }
}

/// Hashes on this thread, for commands.
///
/// # Errors
/// When the system gives no random bytes.
pub fn hash(password: &Password) -> Result<String, Error> {
    hash_in(&mut Memory::new(), password)
}

fn hash_in(memory: &mut Memory, password: &Password) -> Result<String, Error> {
    let mut salt = [0; 16];
    SysRng
        .try_fill_bytes(&mut salt)
        .map_err(|error| Error::Internal(error.to_string()))?;
    let mut hash = || {
        let mut hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&params()?).ok()?,
            salt: Some(Salt::new(&salt).ok()?),
            hash: None,
        };
        hash.hash = computed(memory, password.0.as_bytes(), &hash);
        hash.hash.is_some().then(|| hash.to_string())
    };
    hash().ok_or_else(|| Error::Internal("argon2 refused its parameters".to_owned()))
}

/// What a password comes to by the parameters and the salt of `hash`.
fn computed(memory: &mut Memory, password: &[u8], hash: &PasswordHash) -> Option<Output> {
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = Version::try_from(hash.version?).ok()?;
    let argon2 = Argon2::new(algorithm, version, Params::try_from(hash).ok()?);
    let length = hash
        .hash
        .map_or(Params::DEFAULT_OUTPUT_LEN, |hash| hash.len());
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..length)?;
    memory.resize(argon2.params().block_count(), Block::default());
    argon2
        .hash_password_into_with_memory(password, hash.salt.as_ref()?, output, memory)
        .ok()?;
    Output::new(output).ok()
}

fn verify(memory: &mut Memory, password: &Password, stored: Option<&str>) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| {
        hash(&Password::from("nobody has this password".to_owned())).unwrap_or_default()
    });
    // A password that could not be set is compared as well, cut: length tells nothing by time.
    let bytes = password
        .0
        .as_bytes()
        .get(..MOST_BYTES)
        .unwrap_or(password.0.as_bytes());
    let fits = bytes.len() == password.0.len();
    let Ok(hash) = PasswordHash::new(stored.unwrap_or(&NOBODY)) else {
        return false;
    };
    // Outputs are compared in a time that does not tell where they differ.
    let same =
        within_bounds(&hash) && hash.hash.is_some() && computed(memory, bytes, &hash) == hash.hash;
    same && fits && stored.is_some()
}

/// A hash planted in the database must not make the program take memory without end.
fn within_bounds(hash: &PasswordHash) -> bool {
    let (memory, passes, lanes) = COST;
    Params::try_from(hash).is_ok_and(|params| {
        params.m_cost() <= memory * 4
            && params.t_cost() <= passes * 4
            && params.p_cost() <= lanes * 4
    })
}

/// Whether a stored hash was made with other parameters than new ones are.
#[must_use]
pub fn is_outdated(stored: &str) -> bool {
    let (memory, passes, lanes) = COST;
    PasswordHash::new(stored)
        .ok()
        .and_then(|hash| Params::try_from(&hash).ok())
        .is_none_or(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) != (memory, passes, lanes)
        })
}

fn params() -> Option<Params> {
    let (memory, passes, lanes) = COST;
    Params::new(memory, passes, lanes, None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    fn verify(password: &Password, stored: Option<&str>) -> bool {
        super::verify(&mut Memory::new(), password, stored)
    }

    #[test]
    fn fifteen_code_points_are_enough_and_fourteen_are_not() {
        assert!(password("abcdefghijklmñ").check(SHORTEST, &[]).is_err());
        assert!(password("abcdefghijklmño").check(SHORTEST, &[]).is_ok());
        assert!(
            password(&"correct horse ".repeat(5))
                .check(SHORTEST, &[])
                .is_ok()
        );
        assert!(
            password(&format!("ab{}", "c".repeat(255)))
                .check(SHORTEST, &[])
                .is_err()
        );
    }

    #[test]
    fn easy_passwords_are_refused() {
        for easy in [
            "passwordpassword",
            "PASSWORDpassword",
            "aaaaaaaaaaaaaaaa",
            "123456789012345",
        ] {
            assert!(password(easy).check(SHORTEST, &[]).is_err(), "{easy}");
        }
        assert!(
            password("Mira@Longdomain.example")
                .check(SHORTEST, &["mira@longdomain.example"])
                .is_err()
        );
    }

    #[test]
    fn case_space_nul_and_every_byte_count() {
        let stored = hash(&password("Correct horse battery")).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(&password("Correct horse battery"), Some(&stored)));
        for other in [
            "correct horse battery",
            "Correct horse battery ",
            "Correct horse battery\0",
        ] {
            assert!(!verify(&password(other), Some(&stored)), "{other:?}");
        }
        assert!(!is_outdated(&stored));
    }

    #[test]
    fn a_password_over_the_bound_is_not_cut_into_the_right_one() {
        let long = "x1".repeat(128);
        let stored = hash(&password(&long)).unwrap();
        assert!(verify(&password(&long), Some(&stored)));
        assert!(!verify(&password(&format!("{long}y")), Some(&stored)));
    }

    #[test]
    fn a_planted_hash_of_great_cost_fails_at_once() {
        let planted = "$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHRzYWx0$\
                       aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
        assert!(!verify(&password("whatever it may be"), Some(planted)));
        assert!(is_outdated(planted) && is_outdated("garbage"));
    }

    #[test]
    fn the_stand_in_for_unknown_people_is_a_real_hash_that_nobody_passes() {
        assert!(!verify(&password("nobody has this password"), None));
    }
}
