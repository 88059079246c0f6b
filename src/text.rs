//! Texts that people write: their bounds, the same wherever they come in.

/// The most characters of a name.
pub const NAME: usize = 100;
/// The most characters of a note or description.
pub const NOTE: usize = 1_000;

/// A name: 1 to 100 characters on one line, without space around it.
///
/// # Errors
/// A sentence for the person who wrote it; `label` is what the field is called.
pub fn name(label: &str, text: &str) -> Result<String, String> {
    let text = line(label, text, NAME)?;
    if text.is_empty() {
        return Err(format!("Enter a {}", label.to_lowercase()));
    }
    Ok(text)
}

/// One line of at most `most` characters, without space around it; may be empty.
///
/// # Errors
/// A sentence for the person who wrote it.
pub fn line(label: &str, text: &str, most: usize) -> Result<String, String> {
    bounded(label, text, most, |_| false)
}

/// A text of at most 1,000 characters that may have several lines; may be empty.
///
/// # Errors
/// A sentence for the person who wrote it.
pub fn note(label: &str, text: &str) -> Result<String, String> {
    // Browsers send line breaks as CR LF (HTML, form submission); the database keeps LF.
    bounded(label, &text.replace("\r\n", "\n"), NOTE, |one| {
        matches!(one, '\n' | '\t')
    })
}

fn bounded(
    label: &str,
    text: &str,
    most: usize,
    allowed: impl Fn(char) -> bool,
) -> Result<String, String> {
    let text = text.trim();
    if text.chars().count() > most {
        Err(format!(
            "{label} must be {} characters or fewer",
            grouped(most)
        ))
    } else if text.chars().any(|one| one.is_control() && !allowed(one)) {
        Err(format!("{label} must not contain control characters"))
    } else {
        Ok(text.to_owned())
    }
}

/// What is looked for in a list, without characters that no stored text holds and of which
/// PostgreSQL takes not even the question.
#[must_use]
pub fn searchable(text: &str) -> String {
    text.trim()
        .chars()
        .filter(|one| !one.is_control())
        .take(NAME)
        .collect()
}

/// A count with commas: "12,408".
#[must_use]
pub fn grouped(count: impl TryInto<u64>) -> String {
    let digits = count
        .try_into()
        .map_or_else(|_| String::from("0"), |count: u64| count.to_string());
    let mut written = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// "1 key", "24 keys": a count with its noun, which takes an s.
#[must_use]
pub fn counted(count: impl TryInto<u64> + Copy, noun: &str) -> String {
    let number = grouped(count);
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_hold_no_control_characters() {
        assert_eq!(
            name("Name", "  CI/CD Pipeline "),
            Ok("CI/CD Pipeline".to_owned())
        );
        assert_eq!(name("Name", " \t"), Err("Enter a name".to_owned()));
        assert!(name("Name", &"é".repeat(100)).is_ok());
        let long = name("Name", &"é".repeat(101));
        assert_eq!(long, Err("Name must be 100 characters or fewer".to_owned()));
        for text in ["a\0b", "a\nb", "a\u{1b}[31mb", "a\u{85}b"] {
            assert!(name("Name", text).is_err());
        }
        assert_eq!(note("Note", "one\r\ntwo"), Ok("one\ntwo".to_owned()));
    }

    #[test]
    fn counts_are_written_with_commas_and_nouns() {
        assert_eq!(grouped(0_u8), "0");
        assert_eq!(grouped(12_408_u32), "12,408");
        assert_eq!(grouped(1_000_000_i64), "1,000,000");
        assert_eq!(counted(1_usize, "key"), "1 key");
        assert_eq!(counted(24_i64, "key"), "24 keys");
    }
}
