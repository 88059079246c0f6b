//! The log as JSON Lines with its proofs: an event a line, then the head. All texts are as the
//! chain has them, to the byte, so that a copy is verified as the database is.

use std::borrow::Cow;
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::audit::chain::{Broken, Fields, Link, Why};
use crate::audit::checkpoint::mac;
use crate::audit::model::Row;
use crate::audit::verify::Verification;
use crate::clock::Instant;

/// The most bytes of a line that is looked at.
pub const MOST_BYTES: usize = 16 << 20;

/// An event as a line has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    number: i64,
    #[serde(borrow)]
    at: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    actor_kind: Cow<'a, str>,
    actor_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    actor_name: Cow<'a, str>,
    session_id: Option<Cow<'a, str>>,
    token_id: Option<Cow<'a, str>>,
    address: Option<Cow<'a, str>>,
    request_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    action: Cow<'a, str>,
    #[serde(borrow)]
    subject_kind: Cow<'a, str>,
    subject_id: Option<Cow<'a, str>>,
    account_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    result: Cow<'a, str>,
    #[serde(borrow)]
    detail: Cow<'a, str>,
    #[serde(borrow)]
    mac: Cow<'a, str>,
}

/// The last line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    head: Head,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    number: i64,
    mac: String,
}

/// Adds the line of an event.
pub fn write_row(row: &Row, out: &mut Vec<u8>) {
    let line = Line {
        number: row.number,
        at: Cow::Owned(exact(row.at)),
        id: Cow::Borrowed(&row.id),
        actor_kind: Cow::Borrowed(&row.actor_kind),
        actor_id: row.actor_id.as_deref().map(Cow::Borrowed),
        actor_name: Cow::Borrowed(&row.actor_name),
        session_id: row.session_id.as_deref().map(Cow::Borrowed),
        token_id: row.token_id.as_deref().map(Cow::Borrowed),
        address: row.address.as_deref().map(Cow::Borrowed),
        request_id: row.request_id.as_deref().map(Cow::Borrowed),
        action: Cow::Borrowed(&row.action),
        subject_kind: Cow::Borrowed(&row.subject_kind),
        subject_id: row.subject_id.as_deref().map(Cow::Borrowed),
        account_id: row.account_id.as_deref().map(Cow::Borrowed),
        result: Cow::Borrowed(&row.result),
        detail: Cow::Borrowed(&row.detail),
        mac: Cow::Owned(STANDARD.encode(&row.mac)),
    };
    write_line(&line, out);
}

/// Adds the last line.
pub fn write_head(head: Link, out: &mut Vec<u8>) {
    let head = Head {
        number: head.number,
        mac: STANDARD.encode(head.mac),
    };
    write_line(&End { head }, out);
}

fn write_line(line: &impl Serialize, out: &mut Vec<u8>) {
    // Texts and numbers always become JSON, and memory takes all that is written.
    let _ = serde_json::to_writer(&mut *out, line);
    out.push(b'\n');
}

/// Lines of an export under verification.
pub struct Lines {
    verification: Verification,
    head: Option<Link>,
}

impl Lines {
    /// The lines of a whole log.
    #[must_use]
    pub fn new(verification: Verification) -> Self {
        Self {
            verification,
            head: None,
        }
    }

    /// The number of the last event that was found right.
    #[must_use]
    pub fn last(&self) -> i64 {
        self.verification.last().number
    }

    /// Takes the next line, whatever bytes it has.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn take(&mut self, line: &[u8]) -> Result<(), Broken> {
        let next = self.last().saturating_add(1);
        let unreadable = |fault: String| Broken::at(next, Why::Unreadable(fault));
        if self.head.is_some() {
            return Err(Broken::at(next, Why::BeyondHead));
        }
        if line.starts_with(b"{\"head\"") {
            let end: End =
                serde_json::from_slice(line).map_err(|error| unreadable(fault(&error)))?;
            let mac =
                mac(&end.head.mac).ok_or_else(|| unreadable("the head has no code".to_owned()))?;
            let number = end.head.number;
            self.head = Some(Link { number, mac });
            return Ok(());
        }
        let line: Line = serde_json::from_slice(line).map_err(|error| unreadable(fault(&error)))?;
        let at = micros(&line.at).ok_or_else(|| unreadable("it has no time".to_owned()))?;
        let mac = mac(&line.mac).ok_or_else(|| unreadable("it has no code".to_owned()))?;
        let fields = Fields {
            number: line.number,
            at,
            texts: [
                Some(&line.id),
                Some(&line.actor_kind),
                line.actor_id.as_deref(),
                Some(&line.actor_name),
                line.session_id.as_deref(),
                line.token_id.as_deref(),
                line.address.as_deref(),
                line.request_id.as_deref(),
                Some(&line.action),
                Some(&line.subject_kind),
                line.subject_id.as_deref(),
                line.account_id.as_deref(),
                Some(&line.result),
                Some(&line.detail),
            ],
        };
        self.verification.take(&fields, &mac)
    }

    /// Whether the log is whole: gives its last event.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn end(&self) -> Result<Link, Broken> {
        let next = self.last().saturating_add(1);
        let fault = "the file ends without the head, as one that was cut off";
        let head = self
            .head
            .ok_or_else(|| Broken::at(next, Why::Unreadable(fault.to_owned())))?;
        self.verification.end(head)
    }
}

/// What is wrong with a line, without a word of what it holds.
fn fault(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        serde_json::error::Category::Data => "is not that of an event",
        _ => "is not JSON",
    };
    format!("its line {kind} (column {})", error.column())
}

/// An instant with its microseconds: `2026-12-04T09:12:00.000123Z`.
fn exact(micros: i64) -> String {
    let mut text = Instant::from_micros(micros).to_string();
    text.pop();
    // A text takes all that is written.
    let _ = write!(text, ".{:06}Z", micros.rem_euclid(1_000_000));
    text
}

/// Reads what [`exact`] wrote, and nothing else.
fn micros(text: &str) -> Option<i64> {
    let (seconds, fraction) = text.strip_suffix('Z')?.split_once('.')?;
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.len() != 6 || !plain(fraction) {
        return None;
    }
    let whole = Instant::parse_plain(seconds)?;
    whole.checked_add(fraction.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_read_back_to_the_microsecond_and_in_one_form_alone() {
        for at in [0, 1, 999_999, 1_795_755_240_123_456, Instant::LAST.micros()] {
            assert_eq!(micros(&exact(at)), Some(at));
        }
        for other in [
            "",
            "2026-12-04T09:12:00Z",
            "2026-12-04T09:12:00.123Z",
            "2026-12-04T09:12:00.+00001Z",
            "2026-12-04t09:12:00.000000Z",
            "2026-12-04T09:12:00.000000+00:00",
            "2026-02-30T09:12:00.000000Z",
            "2026-12-04T24:00:00.000000Z",
            "2026-12-4T09:12:00.000000Z",
            "1969-12-31T23:59:59.000000Z",
            "٢026-12-04T09:12:00.000000Z",
        ] {
            assert_eq!(micros(other), None, "{other}");
        }
    }
}
