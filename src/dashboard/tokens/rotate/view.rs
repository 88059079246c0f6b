//! The page of the four steps, and in which of them one is.

use askama::Template;

use crate::clock::duration;
use crate::dashboard::badge::Badge;
use crate::dashboard::choice::Choice;
use crate::dashboard::form::sound;
use crate::dashboard::page::Page;
use crate::dashboard::snippets::Snippets;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::{Error, FieldErrors};
use crate::text::counted;
use crate::token::handover::{CALLER_DAYS, Handover, Successor};
use crate::token::model::Token;
use crate::token::rotation::DEFAULT_OVERLAP;
use crate::token::usage::Caller;

/// The overlaps that are offered, in seconds.
const OVERLAPS: [(i64, &str); 4] = [
    (0, "Not at all"),
    (3_600, "1 hour"),
    (86_400, "24 hours"),
    (604_800, "7 days"),
];

/// What stands in the examples in place of a key that is not shown.
const NO_KEY: &str = "YOUR_API_KEY";

/// How many callers a sentence names at most, and how many a list does.
const NAMED: usize = 10;
const LISTED: usize = 50;

/// Callers of one kind.
struct Group<'a> {
    title: &'static str,
    callers: &'a [Caller],
    /// How many are not listed.
    more: usize,
}

/// What was chosen.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub(super) overlap: String,
    pub(super) errors: FieldErrors,
}

impl Chosen {
    /// The overlap; a day where none was chosen.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub(super) fn seconds(&self) -> Result<i64, Error> {
        sound(&self.errors)?;
        if self.overlap.is_empty() {
            return Ok(DEFAULT_OVERLAP);
        }
        let offered = OVERLAPS.into_iter().map(|(seconds, _)| seconds);
        let mut chosen = offered.filter(|seconds| seconds.to_string() == self.overlap);
        let fault = "Choose how long the old key works";
        chosen
            .next()
            .ok_or_else(|| Error::Invalid(FieldErrors::one("overlap", fault)))
    }
}

/// The page.
#[derive(Template)]
#[template(path = "tokens/rotate.html")]
pub(super) struct View<'a> {
    page: Page,
    keyring: Keyring,
    pub(super) form: Chosen,
    /// The old key.
    token: Token,
    handover: Handover,
    /// The new key, in the one answer that made it.
    key: Option<&'a str>,
    snippets: Snippets,
    /// Whether the page loads itself again.
    pub(super) is_watched: bool,
}

impl<'a> View<'a> {
    /// # Errors
    /// When a template fails.
    pub(super) fn new(
        page: Page,
        keyring: Keyring,
        handover: Handover,
        key: Option<&'a str>,
    ) -> Result<Self, Error> {
        let asleep = handover.successor.as_ref();
        let overlap = asleep.and_then(|successor| successor.token.overlap_seconds);
        Ok(Self {
            form: Chosen {
                overlap: overlap.unwrap_or(DEFAULT_OVERLAP).to_string(),
                errors: FieldErrors::default(),
            },
            snippets: Snippets::new(&page.api_url, key.unwrap_or(NO_KEY))?,
            is_watched: false,
            page,
            keyring,
            token: handover.old.clone(),
            handover,
            key,
        })
    }

    /// Whether there is nothing to rotate and nothing to finish.
    pub(super) fn is_over(&self) -> bool {
        !self.old_lives() && self.handover.successor.is_none()
    }

    fn old_lives(&self) -> bool {
        self.token.is_live(self.page.now())
    }

    fn is_quiet(&self) -> bool {
        self.handover.is_quiet(self.page.now())
    }

    /// What the new key's status is, where it lets nothing through.
    fn fallen(&self) -> Option<Badge> {
        let token = &self.handover.successor.as_ref()?.token;
        (!token.is_live(self.page.now())).then(|| Badge::status(token, self.page.now()))
    }

    /// Where a step stands: done, to be done now, or later.
    fn state(&self, step: u8) -> Badge {
        let (has_key, is_used) = (self.handover.successor.is_some(), self.handover.is_used());
        let callers = &self.handover.callers;
        let (is_done, is_now) = match step {
            1 => (has_key, true),
            2 => (is_used && self.are_places_renewed(), has_key),
            3 => (
                is_used && callers.remaining.is_empty() && callers.unseen.is_empty(),
                is_used,
            ),
            _ => (false, has_key && self.is_quiet()),
        };
        let (tone, words) = match (is_done, is_now) {
            (true, _) => ("good", "Done"),
            (false, true) => ("now", "Now"),
            (false, false) => ("", "Later"),
        };
        Badge {
            tone,
            words: words.to_owned(),
        }
    }

    fn are_places_renewed(&self) -> bool {
        let successor = self.handover.successor.as_ref();
        successor.is_some_and(|successor| successor.places.iter().all(|place| place.is_renewed))
    }

    fn overlaps(&self) -> impl Iterator<Item = Choice> {
        OVERLAPS.into_iter().map(|(seconds, label)| {
            let value = seconds.to_string();
            let is_chosen = value == self.form.overlap;
            Choice::new(value, label, is_chosen)
        })
    }

    /// What becomes of the old key when the new one is used.
    fn overlap(successor: &Successor) -> String {
        match successor.token.overlap_seconds {
            None | Some(0) => "At its first use the old key ends.".to_owned(),
            Some(seconds) => {
                let offered = OVERLAPS.iter().find(|(offered, _)| *offered == seconds);
                let words = offered.map_or_else(|| duration(seconds), |(_, label)| (*label).into());
                format!("From its first use on, the old key works for {words}.")
            }
        }
    }

    /// "3 of 5 callers switched"
    fn progress(&self) -> String {
        let callers = &self.handover.callers;
        let switched = callers.switched.len();
        let all = switched + callers.remaining.len() + callers.unseen.len();
        match all {
            0 => format!("Nobody used the old key in {CALLER_DAYS} days."),
            1 => format!("{switched} of 1 caller switched."),
            _ => format!("{switched} of {all} callers switched."),
        }
    }

    /// The old key and the new one.
    fn both(&self) -> impl Iterator<Item = (&'static str, &Token)> {
        let new = self.handover.successor.as_ref();
        let new = new.map(|successor| ("New key", &successor.token));
        [("Old key", &self.token)].into_iter().chain(new)
    }

    /// The lists of those who have not switched.
    fn groups(&self) -> impl Iterator<Item = Group<'_>> {
        let callers = &self.handover.callers;
        [
            ("Still on the old key", callers.remaining.as_slice()),
            ("Not seen since rotation", callers.unseen.as_slice()),
        ]
        .into_iter()
        .filter(|(_, callers)| !callers.is_empty())
        .map(|(title, callers)| Group {
            title,
            callers: callers.get(..LISTED).unwrap_or(callers),
            more: callers.len().saturating_sub(LISTED),
        })
    }

    /// Who would fail if the old key were gone.
    fn warning(&self) -> Option<String> {
        let callers = &self.handover.callers;
        let (still, unseen) = (&callers.remaining, &callers.unseen);
        let verbs = |callers: &[Caller], one: &'static str, many: &'static str| {
            let verb = if callers.len() == 1 { one } else { many };
            format!("{} {verb}", count(callers))
        };
        if !self.handover.is_used() {
            return None;
        }
        if !still.is_empty() {
            let begin = verbs(still, "still uses it", "still use it");
            return Some(if self.old_lives() {
                format!("{begin} and will fail: {}.", names(still))
            } else {
                let begin = verbs(still, "was", "were");
                format!("{begin} not seen on the new key: {}.", names(still))
            });
        }
        if !unseen.is_empty() && self.old_lives() {
            let begin = verbs(unseen, "was", "were");
            let end = "will fail where it comes back with the old key";
            return Some(format!(
                "{begin} not seen since rotation and {end}: {}.",
                names(unseen)
            ));
        }
        None
    }
}

fn count(callers: &[Caller]) -> String {
    counted(i64::try_from(callers.len()).unwrap_or(i64::MAX), "caller")
}

/// "10.0.4.18 (axios/1.7), 10.0.9.3 (curl/8.5) and 7 more"
fn names(callers: &[Caller]) -> String {
    let names: Vec<String> = callers
        .iter()
        .take(NAMED)
        .map(|caller| match caller.client.as_str() {
            "" => caller.address.clone(),
            client => format!("{} ({client})", caller.address),
        })
        .collect();
    let names = names.join(", ");
    match callers.len().saturating_sub(NAMED) {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}
