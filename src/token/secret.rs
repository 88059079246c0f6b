//! The key itself: how it is made, told from a typo, and turned into what is kept.

use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use crate::config::KeyPrefix;
use crate::error::Error;
use crate::secret_key::MacKey;

/// The digits of base62, in the order of their value.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Random characters: 32 × log2(62) is 190 bits.
const RANDOM: usize = 32;
/// Characters of the checksum: 62⁶ is more than 2³².
const CHECKSUM: usize = 6;
/// Characters that are shown of a key once it is made.
const HINT: usize = 4;

/// A whole API key. It cannot be printed, compared or stored by mistake, and is wiped from memory
/// when it goes.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A new key from the operating system's generator.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate(prefix: &KeyPrefix) -> Result<Self, Error> {
        // With room for the whole key, so that no copy is left behind by growing.
        let mut key = Zeroizing::new(String::with_capacity(64));
        key.push_str(prefix.as_str());
        key.push('_');
        let mut random = Zeroizing::new([0; RANDOM]);
        let whole = key.len() + RANDOM;
        while key.len() < whole {
            SysRng
                .try_fill_bytes(&mut *random)
                .map_err(|error| Error::Internal(error.to_string()))?;
            let missing = whole - key.len();
            // A byte of 248 or more would make the first eight characters likelier than the rest.
            key.extend(
                random
                    .iter()
                    .filter(|byte| **byte < 248)
                    .map(|byte| digit(*byte))
                    .take(missing),
            );
        }
        let checksum = checksum(key.as_bytes());
        key.extend(checksum.map(char::from));
        Ok(Self(key))
    }

    /// What is kept in the key's stead.
    #[must_use]
    pub fn digest(&self, key: &MacKey) -> [u8; 32] {
        digest(self.0.as_bytes(), key)
    }

    /// The last four characters.
    #[must_use]
    pub fn last_four(&self) -> &str {
        self.0
            .get(self.0.len().saturating_sub(HINT)..)
            .unwrap_or_default()
    }

    /// The key in clear, for the one answer that shows it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The digest of a key that a client presents; none where shape and checksum, which cost no hash and
/// no query, show that it is no key. Keys of every prefix are read, as those made under another one
/// stay valid.
#[must_use]
pub fn digest_of(presented: &[u8], key: &MacKey) -> Option<[u8; 32]> {
    let (body, given) = presented.split_at_checked(presented.len().checked_sub(CHECKSUM)?)?;
    let is_key = is_shaped(std::str::from_utf8(presented).ok()?) && checksum(body) == *given;
    is_key.then(|| digest(presented, key))
}

/// 190 random bits need no slow hash; the key to the digest makes a stolen database useless for
/// guessing all the same.
fn digest(secret: &[u8], key: &MacKey) -> [u8; 32] {
    key.code(&[secret])
}

/// The first word of a text that is shaped like a key.
#[must_use]
pub fn found_in(text: &str) -> Option<&str> {
    text.split(is_between_words).find(|word| is_shaped(word))
}

/// Finds something shaped like a key in a text, and gives the last four characters of it.
#[must_use]
pub fn hint_in(text: &str) -> Option<&str> {
    text.split(is_between_words).find_map(hint_of)
}

/// The text with everything shaped like a key cut to what is shown of keys.
#[must_use]
pub fn without_keys(text: &str) -> String {
    text.split_inclusive(is_between_words)
        .map(|piece| {
            let word = piece.trim_end_matches(is_between_words);
            let rest = piece.get(word.len()..).unwrap_or_default();
            hint_of(word).map_or_else(|| piece.to_owned(), |hint| format!("…{hint}{rest}"))
        })
        .collect()
}

fn is_between_words(one: char) -> bool {
    !one.is_ascii_alphanumeric() && one != '_'
}

/// The last four characters of a word that is shaped like a key.
fn hint_of(word: &str) -> Option<&str> {
    is_shaped(word)
        .then(|| word.get(word.len().saturating_sub(HINT)..))
        .flatten()
}

/// Whether a word is a prefix, `_`, and as many letters and digits as follow it in a key.
fn is_shaped(word: &str) -> bool {
    word.split_once('_').is_some_and(|(prefix, rest)| {
        KeyPrefix::is_one(prefix)
            && rest.len() == RANDOM + CHECKSUM
            // All of them, without a way out between two: that is done many at a time.
            && rest.bytes().fold(true, |all, byte| all & byte.is_ascii_alphanumeric())
    })
}

/// CRC-32 (IEEE 802.3) of all that stands before it, in base62, padded to six digits.
fn checksum(body: &[u8]) -> [u8; CHECKSUM] {
    let mut rest = crc32fast::hash(body);
    let mut digits = [b'0'; CHECKSUM];
    for place in digits.iter_mut().rev() {
        *place = digit_byte(u8::try_from(rest % 62).unwrap_or(0));
        rest /= 62;
    }
    digits
}

fn digit(value: u8) -> char {
    char::from(digit_byte(value))
}

fn digit_byte(value: u8) -> u8 {
    ALPHABET
        .get(usize::from(value % 62))
        .copied()
        .unwrap_or(b'0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret_key::SecretKey;

    fn generate(prefix: &str) -> Secret {
        Secret::generate(&prefix.parse().unwrap()).unwrap()
    }

    fn mac_key() -> MacKey {
        let secret_key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        SecretKey::from_base64(secret_key).unwrap().derive("digest")
    }

    fn is_key(presented: &[u8]) -> bool {
        digest_of(presented, &mac_key()).is_some()
    }

    #[test]
    fn a_key_has_the_promised_shape_and_is_read_back() {
        for prefix in ["df", "a1", "abcdefgh12345678"] {
            let key = generate(prefix);
            let rest = key
                .expose()
                .strip_prefix(prefix)
                .unwrap()
                .strip_prefix('_')
                .unwrap();
            assert_eq!(rest.len(), 38);
            assert!(rest.bytes().all(|byte| ALPHABET.contains(&byte)));
            let read = digest_of(key.expose().as_bytes(), &mac_key());
            assert_eq!(read, Some(key.digest(&mac_key())));
            assert!(rest.ends_with(key.last_four()) && key.last_four().len() == 4);
        }
    }

    #[test]
    fn the_checksum_is_crc_32_in_base62() {
        // The check value of CRC-32/ISO-HDLC for "123456789" is 0xCBF43926.
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
        let value = checksum(b"123456789").iter().fold(0u64, |sum, byte| {
            sum * 62 + ALPHABET.iter().position(|digit| digit == byte).unwrap() as u64
        });
        assert_eq!(value, 0xCBF4_3926);
    }

    #[test]
    fn every_truncation_extension_and_change_is_refused() {
        let key = generate("df");
        let text = key.expose().as_bytes();
        for end in 0..text.len() {
            assert!(!is_key(&text[..end]));
        }
        for place in 0..text.len() {
            let mut changed = text.to_vec();
            changed[place] ^= 0x20;
            assert!(!is_key(&changed), "case or kind of character {place}");
        }
        for added in ["0", " ", "\n", "\0", "é"] {
            assert!(!is_key(format!("{}{added}", key.expose()).as_bytes()));
            assert!(!is_key(format!("{added}{}", key.expose()).as_bytes()));
        }
        assert!(!is_key(b"\xff\xfe"));
    }

    #[test]
    fn a_key_pasted_among_other_words_is_found() {
        let key = generate("df");
        let text = format!("Bearer {}, from the log", key.expose());
        assert_eq!(hint_in(&text), Some(key.last_four()));
        assert_eq!(hint_in("df_k7Qp and other names"), None);
        let cut = format!("Bearer …{}, from the log", key.last_four());
        assert_eq!(without_keys(&text), cut);
        assert_eq!(without_keys("curl/8.5 (df_k7Qp)"), "curl/8.5 (df_k7Qp)");
    }

    #[test]
    fn all_characters_are_equally_likely() {
        let mut counts = [0u32; 62];
        for _ in 0..2_000 {
            for byte in generate("df").expose()[3..35].bytes() {
                counts[ALPHABET.iter().position(|digit| *digit == byte).unwrap()] += 1;
            }
        }
        // 64,000 draws: 1,032 each, standard deviation 32; six of them are never seen by chance.
        assert!(
            counts.iter().all(|count| count.abs_diff(1_032) < 192),
            "{counts:?}"
        );
    }
}
