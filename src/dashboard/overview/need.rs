//! One line of "Needs you": a key, why, and what can be done about it at once.

use crate::clock::Instant;
use crate::dashboard::tokens::LIST;
use crate::text::counted;
use crate::token::attention::{Cause, LONG_DAYS, Need, REFUSAL_DAYS};
use crate::token::model::{Status, Token};

/// What can be done.
pub(super) struct Action {
    /// A verb.
    pub(super) verb: &'static str,
    /// The page that asks, or where the form is sent.
    pub(super) href: String,
    /// The fields of the form, where it is one.
    pub(super) fields: Option<Vec<(&'static str, String)>>,
}

impl Action {
    fn link(verb: &'static str, href: String) -> Self {
        Self {
            verb,
            href,
            fields: None,
        }
    }

    fn form(verb: &'static str, href: String, fields: Vec<(&'static str, String)>) -> Self {
        Self {
            verb,
            href,
            fields: Some(fields),
        }
    }
}

/// A line.
pub(super) struct Line {
    /// The key.
    pub(super) token: Token,
    /// Why it needs somebody.
    pub(super) reason: String,
    /// The instant that the reason speaks of, to be told exactly.
    pub(super) at: Option<Instant>,
    /// What can be done, the best first.
    pub(super) actions: Vec<Action>,
}

impl Line {
    pub(super) fn new(Need { token, cause }: Need, now: Instant) -> Self {
        let to = |page: &str| format!("{LIST}/{}{page}", token.id);
        let (reason, at, actions) = match cause {
            Cause::Leaked => (
                "Leaked, and not replaced.".to_owned(),
                None,
                vec![Action::link("Replace", to("/leaked"))],
            ),
            Cause::Unusual(finding) => {
                let at = finding.instant();
                let fields = vec![
                    ("kind", finding.kind.as_str().to_owned()),
                    ("what", finding.what),
                    ("back", "/dashboard".to_owned()),
                ];
                let mine = Action::form("This was me", to("/unusual"), fields);
                let revoke = Action::link("Revoke", to("/revoke"));
                (finding.reason, at, vec![mine, revoke])
            }
            Cause::Rotation(asleep) => {
                let reason = if asleep {
                    "Rotation is open: the new key was not used yet.".to_owned()
                } else {
                    "Rotation is open: the new key is in use.".to_owned()
                };
                (reason, None, vec![Action::link("Continue", to("/rotate"))])
            }
            Cause::StillCalled(refusals) => {
                let state = match token.status(now) {
                    Status::Revoked => "Revoked",
                    _ => "Expired",
                };
                let reason = format!(
                    "{state}, and still called: {} in {REFUSAL_DAYS} days, last {}.",
                    counted(refusals.count, "refusal"),
                    refusals.last_at.ago(now)
                );
                (reason, None, vec![Action::link("See who", to(""))])
            }
            Cause::PauseEnds(end) => {
                let resume = Action::form("Resume now", to("/resume"), Vec::new());
                let revoke = Action::link("Revoke", to("/revoke"));
                let reason = format!("Its pause ends {}", end.ahead(now));
                (reason, Some(end), vec![resume, revoke])
            }
            Cause::Expires(end) => (
                format!("Expires {}", end.ahead(now)),
                Some(end),
                vec![Action::link("Rotate", to("/rotate"))],
            ),
            Cause::Old => (
                format!("Over {LONG_DAYS} days old."),
                None,
                vec![Action::link("Rotate", to("/rotate"))],
            ),
            Cause::OftenRefused(count) => (
                format!("{} in {REFUSAL_DAYS} days.", counted(count, "refusal")),
                None,
                vec![Action::link("See why", to("#requests"))],
            ),
            Cause::Unused => (
                format!("Unused for {LONG_DAYS} days."),
                None,
                vec![Action::link("Revoke", to("/revoke"))],
            ),
        };
        Self {
            token,
            reason,
            at,
            actions,
        }
    }
}
