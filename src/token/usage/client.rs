//! What clients call themselves.

use crate::token::secret;

/// The most characters that are kept of it.
const MOST: usize = 200;

/// The name in a `User-Agent` header, fit to be kept and shown: up to 200 characters that print. A
/// key that somebody put there is cut to its last four characters.
#[must_use]
pub fn client_name(header: &[u8]) -> String {
    let text = String::from_utf8_lossy(header);
    let name: String = secret::without_keys(&text)
        .chars()
        .filter(|one| !one.is_control())
        .collect();
    name.chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_prints_and_holds_no_key() {
        assert_eq!(client_name(b"curl/8.5\x1b[31m\xff"), "curl/8.5[31m\u{fffd}");
        assert_eq!(client_name(&[b'x'; 300]).len(), 200);
        let key = format!("df_{}k7Qp", "a".repeat(34));
        assert_eq!(client_name(key.as_bytes()), "…k7Qp");
    }
}
