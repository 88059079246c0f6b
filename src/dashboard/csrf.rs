//! Proof that a form is one of ours, shown to the very browser that sends it.
//!
//! The hidden field holds random bytes and their code together with what the browser is known by:
//! its session's public id, or the visitor's cookie before log-in. Nothing of it is stored.

use actix_web::http::header::{HeaderMap, HeaderName, ORIGIN};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::config::Origin;
use crate::error::Error;
use crate::secret_key::{self, MacKey};

/// The name of the hidden field.
pub(crate) const FIELD: &str = "csrf";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// 128 random bits.
///
/// # Errors
/// When the system gives none.
pub(crate) fn random() -> Result<[u8; 16], Error> {
    Ok(*secret_key::random()?)
}

/// A value for the hidden field of a form shown to the browser known as `binding`.
///
/// # Errors
/// When the system gives no random bytes.
pub(crate) fn value(key: &MacKey, binding: &str) -> Result<String, Error> {
    let nonce = random()?;
    let code = key.code(&[b"csrf:", &nonce, binding.as_bytes()]);
    Ok(format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(nonce),
        URL_SAFE_NO_PAD.encode(code)
    ))
}

/// Whether `value` was made for the browser known as `binding`.
pub(crate) fn verifies(key: &MacKey, binding: &str, value: &str) -> bool {
    let decoded = value.split_once('.').and_then(|(nonce, code)| {
        let nonce = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        (nonce.len() == 16).then_some((nonce, code))
    });
    decoded
        .is_some_and(|(nonce, code)| key.verifies(&[b"csrf:", &nonce, binding.as_bytes()], &code))
}

/// Whether the browser says that one of our own pages sent the form. Browsers say nothing of where
/// a form comes from on plain http (`Sec-Fetch-Site`) or when they are old (`Origin`): then the
/// hidden field decides alone.
pub(crate) fn is_from_us(headers: &HeaderMap, public_url: &Origin) -> bool {
    if headers.contains_key(&FETCH_SITE) {
        return headers
            .get_all(&FETCH_SITE)
            .all(|site| site.as_bytes() == b"same-origin");
    }
    let ours = public_url.to_string();
    let stranger = headers
        .get_all(ORIGIN)
        .find(|origin| origin.as_bytes() != ours.as_bytes());
    if let Some(stranger) = stranger {
        // Most likely DeskForge is reached at another address than it was told.
        log::warn!("a form from {stranger:?} is refused: --public-url is {ours}");
    }
    stranger.is_none()
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;
    use crate::secret_key::SecretKey;

    fn key() -> MacKey {
        let text = base64::engine::general_purpose::STANDARD.encode([7; 32]);
        SecretKey::from_base64(&text).unwrap().derive("form")
    }

    #[test]
    fn a_value_is_good_for_its_browser_alone() {
        let value = value(&key(), "session one").unwrap();
        assert!(verifies(&key(), "session one", &value));
        assert!(!verifies(&key(), "session two", &value));
        assert!(!verifies(&key(), "", &value));
    }

    #[test]
    fn a_changed_or_garbled_value_is_refused() {
        let value = value(&key(), "one").unwrap();
        for place in 0..value.len() {
            let mut bytes = value.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last character of base64 has bits that say nothing; those must be zero.
            assert!(!verifies(&key(), "one", &changed), "character {place}");
        }
        for garbled in ["", ".", "..", "a.b", "é.é", &value[..value.len() - 1]] {
            assert!(!verifies(&key(), "one", garbled), "{garbled}");
        }
    }

    #[test]
    fn only_our_own_pages_may_send_forms() {
        let public: Origin = "https://keys.example.com".parse().unwrap();
        let judge = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                );
            }
            is_from_us(&headers, &public)
        };
        assert!(judge(&[]));
        assert!(judge(&[("sec-fetch-site", "same-origin")]));
        for site in ["same-site", "cross-site", "none", "", "Same-Origin"] {
            assert!(!judge(&[("sec-fetch-site", site)]), "{site}");
        }
        assert!(judge(&[("origin", "https://keys.example.com")]));
        for origin in [
            "null",
            "http://keys.example.com",
            "https://keys.example.com.evil.example",
            "https://example.com",
        ] {
            assert!(!judge(&[("origin", origin)]), "{origin}");
        }
        assert!(!judge(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://keys.example.com")
        ]));
    }
}
