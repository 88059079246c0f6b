//! Comma-separated values (RFC 4180) that are shown by a spreadsheet, and never reckoned.

use super::Part;
use crate::clock::Instant;
use crate::inert::inert;

/// The columns.
const HEAD: [&str; 19] = [
    "id",
    "name",
    "key",
    "owner",
    "owner_email",
    "owner_kind",
    "environment",
    "scopes",
    "status",
    "created_at",
    "expires_at",
    "last_used_at",
    "last_used_address",
    "requests_30_days",
    "refusals_30_days",
    "revoked_at",
    "revoked_reason",
    "allowed_cidrs",
    "note",
];

/// The line of the columns' names.
#[must_use]
pub fn head() -> String {
    line(HEAD.map(str::to_owned))
}

/// A line for each key.
#[must_use]
pub fn written(part: &Part) -> String {
    let at = |instant: Option<Instant>| instant.map(|at| at.to_string()).unwrap_or_default();
    let lines = part.keys.iter().map(|(owned, used)| {
        let (token, owner) = (&owned.token, &owned.owner);
        line([
            token.id.to_string(),
            token.name.clone(),
            token.hint(),
            owner.name.clone(),
            owner.email.clone().unwrap_or_default(),
            owner.kind.as_str().to_owned(),
            token.environment.as_str().to_owned(),
            token.scopes.to_string(),
            token.status(part.now).as_str().to_owned(),
            token.created_at.to_string(),
            at(token.expires_at),
            at(token.last_used_at),
            token.last_used_address.clone().unwrap_or_default(),
            used.requests.to_string(),
            used.refusals.to_string(),
            at(token.revoked_at),
            token.revoked_reason.clone().unwrap_or_default(),
            token.allowed_cidrs.iter().collect::<Vec<_>>().join(" "),
            token.note.clone(),
        ])
    });
    lines.collect()
}

fn line<const COLUMNS: usize>(values: [String; COLUMNS]) -> String {
    values.map(|value| field(&value)).join(",") + "\r\n"
}

/// A value in quotes. Whatever a spreadsheet would take for the beginning of a formula gets an
/// apostrophe in front, which makes it text; control characters, line breaks and marks that turn the
/// order of a line are written out.
fn field(value: &str) -> String {
    let value = inert(value).replace('"', "\"\"");
    let begins = value.trim_start().chars().next();
    let is_formula =
        begins.is_some_and(|one| "=+-@|%\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".contains(one));
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_field_is_reckoned_or_ends_it() {
        for (value, written) in [
            ("plain", "\"plain\""),
            ("=1+1", "\"'=1+1\""),
            (" \u{a0}@SUM(A1)", "\"' \u{a0}@SUM(A1)\""),
            ("＝cmd|' /C calc'!A0", "\"'＝cmd|' /C calc'!A0\""),
            ("-2+3", "\"'-2+3\""),
            ("\t=1", "\"\\u{9}=1\""),
            ("\r=1", "\"\\u{d}=1\""),
            ("a\"b,c", "\"a\"\"b,c\""),
            ("a\r\nb", "\"a\\u{d}\\u{a}b\""),
            ("a\u{202e}b\u{1b}[2J", "\"a\\u{202e}b\\u{1b}[2J\""),
        ] {
            assert_eq!(field(value), written);
        }
    }
}
