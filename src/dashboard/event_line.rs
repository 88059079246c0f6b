//! One event as a line of a table.

use std::collections::HashMap;

use crate::audit::log::{Filter, Position, Whose, repository};
use crate::audit::model::Record;
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::token::model::Token;
use crate::token::repository as tokens;

/// The line.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) id: Id,
    pub(crate) at: Instant,
    /// Who did it.
    pub(crate) who: String,
    /// How, where it was not by themselves.
    pub(crate) how: &'static str,
    /// What they did.
    pub(crate) what: String,
    /// The key that it was done to, or with.
    pub(crate) key: Option<Token>,
    pub(crate) address: String,
    pub(crate) is_denied: bool,
}

impl Line {
    pub(crate) fn new(record: &Record, known: &HashMap<Id, Token>) -> Self {
        let event = &record.event;
        Self {
            id: event.id,
            at: event.at,
            who: event.actor_name.clone(),
            how: if event.actor_kind == "key" {
                "with a key"
            } else {
                ""
            },
            what: in_words(&event.action),
            key: ids(record).find_map(|id| known.get(&id)).cloned(),
            address: event.address.clone().unwrap_or_default(),
            is_denied: event.result == "denied",
        }
    }
}

/// The keys that an event names, the one it was done to first.
fn ids(record: &Record) -> impl Iterator<Item = Id> {
    let event = &record.event;
    let subject = event.subject_id.filter(|_| event.subject_kind == "token");
    subject.into_iter().chain(event.token_id)
}

/// The keys that events name, as far as they are still there.
///
/// # Errors
/// Those of the database.
pub(crate) fn keys(
    connection: &mut Connection,
    whose: Whose,
    records: &[Record],
) -> Result<HashMap<Id, Token>, Error> {
    let whose = match whose {
        Whose::Everyone => tokens::Whose::Everyone,
        Whose::Account(account) => tokens::Whose::History(account),
    };
    let known = tokens::known(connection, whose, records.iter().flat_map(ids).collect())?;
    Ok(known.into_iter().map(|token| (token.id, token)).collect())
}

/// A page of lines, and where the next one begins.
#[derive(Default)]
pub(crate) struct Lines {
    pub(crate) lines: Vec<Line>,
    pub(crate) next: Option<Position>,
}

impl Lines {
    /// Reads a page of `rows` lines.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) fn read(
        connection: &mut Connection,
        whose: Whose,
        filter: &Filter,
        after: Option<Position>,
        rows: i64,
    ) -> Result<Self, Error> {
        let mut records = repository::page(connection, whose, filter, after, rows + 1)?;
        let shown = usize::try_from(rows).unwrap_or(usize::MAX);
        let more = records.len() > shown;
        records.truncate(shown);
        let last = records.last().filter(|_| more);
        let next = last.map(Position::of);
        let known = keys(connection, whose, &records)?;
        let lines = records.iter().map(|record| Line::new(record, &known));
        Ok(Self {
            lines: lines.collect(),
            next,
        })
    }
}

/// The word of an action for people; a word that is not known here as it is.
pub(crate) fn in_words(action: &str) -> String {
    let words = [
        ("set_up", "First admin created"),
        ("account.create", "Account created"),
        ("account.invite", "Person invited"),
        ("account.cancel", "Invitation cancelled"),
        ("account.join", "Invitation accepted"),
        ("account.change", "Account changed"),
        ("account.role", "Role changed"),
        ("account.disable", "Account disabled"),
        ("account.enable", "Account enabled"),
        ("password.change", "Password changed"),
        ("password.link", "Link for a new password made"),
        ("session.log_in", "Log-in"),
        ("session.log_out", "Log-out"),
        ("session.end", "Session ended"),
        ("session.expire", "Session expired"),
        ("token.generate", "Key generated"),
        ("token.change", "Key changed"),
        ("token.revoke", "Key revoked"),
        ("token.rotate", "Key rotated"),
        ("token.succeed", "New key first used"),
        ("token.transfer", "Key handed over"),
        ("token.pause", "Key paused"),
        ("token.resume", "Key resumed"),
        ("token.acknowledge", "Unusual activity acknowledged"),
        ("token.delete", "Key deleted from the list"),
        ("project.create", "Project created"),
        ("project.change", "Project changed"),
        ("project.delete", "Project deleted"),
        ("request", "Request"),
        ("inventory.view", "All tokens viewed"),
        ("inventory.export", "All tokens exported"),
        ("token.find", "Owner of a key looked for"),
        ("token.revoke_many", "Many keys revoked"),
        ("policy.change", "Policy changed"),
        ("scope.add", "Scope added"),
        ("scope.change", "Scope changed"),
        ("scope.retire", "Scope retired"),
        ("scope.restore", "Scope restored"),
        ("scope.drop", "Scope taken from all keys"),
        ("scope.delete", "Scope deleted"),
        ("audit.export", "Audit log exported"),
        ("audit.verify", "Audit log verification started"),
    ];
    let known = words.iter().find(|(word, _)| *word == action);
    known.map_or(action, |(_, words)| words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_words_for_people() {
        let source = include_str!("../audit/event.rs");
        let quoted = source.split('"').skip(1).step_by(2);
        let words: Vec<_> = quoted.filter(|word| word.contains('.')).collect();
        assert!(words.contains(&"token.revoke"));
        for word in words {
            assert_ne!(in_words(word), word);
        }
    }
}
