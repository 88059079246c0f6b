//! E-mail addresses: one form to compare them by, wherever they are compared.

use unicode_normalization::UnicodeNormalization;

/// The most characters of an e-mail address (RFC 5321 section 4.5.3.1.3).
const MOST: usize = 254;

/// An e-mail address, as it is written and as it is compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Email {
    written: String,
    canonical: String,
}

impl Email {
    /// Reads an address. Nothing is sent to it, so that it has two parts is all that is asked.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let written = text.trim();
        let fits = written.chars().count() <= MOST
            && !written
                .chars()
                .any(|one| one.is_control() || one.is_whitespace())
            && written.rsplit_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && !domain.is_empty() && !domain.contains('@')
            });
        if fits {
            Ok(Self {
                written: written.to_owned(),
                canonical: canonical(written),
            })
        } else {
            Err("Enter an email address such as mira@example.com".to_owned())
        }
    }

    /// As the person writes it.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// As it is compared.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

/// The form by which addresses, and whatever was typed in place of one, are compared and counted:
/// case, space around it and compatible Unicode forms make no difference (NFKC, UAX #15).
#[must_use]
pub fn canonical(text: &str) -> String {
    text.trim()
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_one_address_compare_alike() {
        let forms = [
            "mira@example.com",
            " Mira@EXAMPLE.com ",
            "ｍira@example.com",
            "mira@example．com",
        ];
        for form in forms {
            assert_eq!(canonical(form), "mira@example.com", "{form}");
        }
    }

    #[test]
    fn what_has_not_two_parts_is_refused() {
        for text in [
            "",
            "mira",
            "@example.com",
            "mira@",
            "mi ra@example.com",
            "a\0b@example.com",
        ] {
            assert!(Email::parse(text).is_err(), "{text:?}");
        }
        assert!(Email::parse(&format!("{}@example.com", "x".repeat(300))).is_err());
        assert_eq!(
            Email::parse("Mira@Example.com").unwrap().written(),
            "Mira@Example.com"
        );
    }
}
