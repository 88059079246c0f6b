//! Paths that come from the browser and go back to it, such as where to go on after log-in.

use crate::token::secret;

/// The most bytes of such a path.
const MOST_BYTES: usize = 2_000;

/// The path, if it leads to a page of ours and nowhere else. A browser takes `//host` and `/\host`
/// for other servers and drops tabs and line breaks before it looks (WHATWG URL, section 4.4).
/// What holds a whole key is not repeated.
pub(crate) fn checked(path: &str) -> Option<&str> {
    let mut bytes = path.bytes();
    let is_local = bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.len() <= MOST_BYTES
        && !path.contains(|one: char| one.is_control() || one == '\\');
    (is_local && secret::hint_in(path).is_none()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_ours_are_taken() {
        for path in [
            "/",
            "/dashboard",
            "/dashboard/settings/tokens?q=a%20b&page=2",
        ] {
            assert_eq!(checked(path), Some(path));
        }
        for path in [
            "",
            "dashboard",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/a\\b",
            "/a\nb",
            "/a\u{85}b",
            "https://evil.example/",
            "javascript:alert(1)",
            " /dashboard",
        ] {
            assert_eq!(checked(path), None, "{path:?}");
        }
        let key = format!("/x?q=df_{}", "a".repeat(38));
        assert_eq!(checked(&key), None);
        assert_eq!(checked(&format!("/{}", "a".repeat(2_000))), None);
    }
}
