//! Text that people wrote, made harmless to the terminal or program that shows it.

/// The text with every character written out that would move the cursor, change the terminal or
/// turn the order of what stands around it: names are shown, never obeyed.
#[must_use]
pub fn inert(text: &str) -> String {
    escaped(text, |one| one.escape_unicode().to_string())
}

/// The same for JSON: what JSON may hold but a terminal must not obey is written as an escape.
#[must_use]
pub fn inert_json(json: &str) -> String {
    // All of them lie in the first plane, so that one escape of four digits is enough.
    escaped(json, |one| format!("\\u{:04x}", u32::from(one)))
}

fn escaped(text: &str, escape: fn(char) -> String) -> String {
    let mut shown = String::with_capacity(text.len());
    for one in text.chars() {
        if commands(one) {
            shown.push_str(&escape(one));
        } else {
            shown.push(one);
        }
    }
    shown
}

/// The lines of a text in one.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Control characters, line and paragraph separators, and the marks, embeddings, overrides and
/// isolates of bidirectional text (UAX #9 section 2).
fn commands(one: char) -> bool {
    one.is_control()
        || matches!(
            one,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_terminals_cursor() {
        assert_eq!(inert("a\u{1b}[2Jb\r\u{8}"), "a\\u{1b}[2Jb\\u{d}\\u{8}");
        assert_eq!(inert("\u{9b}31m\u{7f}\0"), "\\u{9b}31m\\u{7f}\\u{0}");
        assert_eq!(inert("one\ntwo"), "one\\u{a}two");
    }

    #[test]
    fn a_name_cannot_turn_the_order_of_its_line() {
        assert_eq!(inert("a\u{202e}b\u{2066}"), "a\\u{202e}b\\u{2066}");
    }

    #[test]
    fn letters_of_every_script_and_joined_emoji_stay_as_they_are() {
        for name in ["مفتاح", "鍵", "👩‍🚀 launch", "O'Brien \"x\" <script>"] {
            assert_eq!(inert(name), name);
        }
    }

    #[test]
    fn inert_json_still_says_the_same() {
        let name = "a\u{9b}31m\u{202e}\u{1b}é";
        let json = inert_json(&serde_json::to_string(name).unwrap());
        assert!(!json.chars().any(commands), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }
}
