//! What the log is asked to show: all of it in the address.

use url::form_urlencoded::Serializer;

use super::LOG;
use crate::account::{email, repository as accounts};
use crate::audit::log::{self, Outcome, Position};
use crate::clock::Instant;
use crate::dashboard::choice::Choice;
use crate::dashboard::event_line::in_words;
use crate::dashboard::form::{ALL, Form};
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::token::repository as tokens;
use crate::token::secret::hint_in;

/// Keys of the same last characters that are looked for at most.
const KEYS: i64 = 8;

/// The filter form.
#[derive(Debug)]
pub(super) struct Filter {
    /// An email address, or the id of an account.
    pub(super) person: String,
    /// The last four characters, or the id of a key.
    pub(super) key: String,
    action: Option<String>,
    result: Option<Outcome>,
    pub(super) address: String,
    /// The first minute.
    pub(super) from: String,
    /// The last minute.
    pub(super) to: String,
    /// Where the page begins.
    pub(super) after: Option<Position>,
    /// Whether the page loads itself again.
    pub(super) is_live: bool,
    /// What cannot be taken.
    pub(super) errors: FieldErrors,
}

impl Filter {
    pub(super) fn read(mut query: Form) -> Self {
        let word = |text: &str| (text.len() <= 64).then(|| text.to_owned());
        let live = |text: &str| (text == "1").then_some(());
        Self {
            person: query.text("person").trim().to_owned(),
            key: query.text("key").trim().to_owned(),
            action: query.narrowed("action", "There is no such action", None, word),
            result: query.narrowed(
                "result",
                "Result must be done, denied or all",
                None,
                Outcome::named,
            ),
            address: query.text("address").trim().to_owned(),
            from: query.text("from"),
            to: query.text("to"),
            after: query.parsed("after", "There is no such page", |text| text.parse().ok()),
            is_live: query.parsed("live", "Live can be 1", live).is_some(),
            errors: query.finish(),
        }
    }

    /// Takes a whole key out of the fields that were typed into; gives its last four characters.
    pub(super) fn without_key(&mut self) -> Option<String> {
        let fields = [&mut self.person, &mut self.key, &mut self.address];
        let mut found = None;
        for field in fields {
            if let Some(hint) = hint_in(field).map(str::to_owned) {
                field.clear();
                found = Some(hint);
            }
        }
        found
    }

    /// The events that are meant. What names nobody and nothing is told at its field.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn events(&mut self, connection: &mut Connection) -> Result<log::Filter, Error> {
        let mut filter = log::Filter {
            action: self.action.clone(),
            result: self.result,
            ..log::Filter::default()
        };
        if !self.person.is_empty() {
            filter.person = self.person_id(connection)?;
            if filter.person.is_none() {
                self.errors
                    .add("person", "Nobody here has this email address");
            }
        }
        if !self.key.is_empty() {
            filter.keys = self.key_ids(connection)?;
            if filter.keys.is_none() {
                self.errors.add("key", "No key ends in these characters");
            }
        }
        if !self.address.is_empty() {
            let address: Option<std::net::IpAddr> = self.address.parse().ok();
            filter.address = address.map(|address| address.to_string());
            if address.is_none() {
                self.errors
                    .add("address", "Address must be one such as 10.0.4.17");
            }
        }
        filter.from = minute(&self.from, "from", &mut self.errors);
        // The last minute counts in full.
        filter.until = minute(&self.to, "to", &mut self.errors).map(|to| to.plus_seconds(60));
        Ok(filter)
    }

    fn person_id(&self, connection: &mut Connection) -> Result<Option<Id>, Error> {
        if let Ok(id) = self.person.parse() {
            return Ok(Some(id));
        }
        let found = accounts::by_email(connection, &email::canonical(&self.person))?;
        Ok(found.map(|account| account.id))
    }

    fn key_ids(&self, connection: &mut Connection) -> Result<Option<Vec<Id>>, Error> {
        if let Ok(id) = self.key.parse() {
            return Ok(Some(vec![id]));
        }
        // As the tag shows it: "df_…k7Qp".
        let last = self.key.rsplit('…').next().unwrap_or_default();
        let found = tokens::by_last_four(connection, last, KEYS)?;
        let ids: Vec<Id> = found.iter().map(|owned| owned.token.id).collect();
        Ok(Some(ids).filter(|ids| !ids.is_empty()))
    }

    /// Whether anything is left out.
    pub(super) fn is_narrow(&self) -> bool {
        let texts = [&self.person, &self.key, &self.address, &self.from, &self.to];
        self.action.is_some() || self.result.is_some() || texts.iter().any(|text| !text.is_empty())
    }

    /// The address of the page of this filter after a place.
    pub(super) fn page(&self, after: Option<Position>) -> String {
        self.written(after, false)
    }

    /// The address of the page that loads itself again.
    pub(super) fn live(&self) -> String {
        self.written(None, true)
    }

    fn written(&self, after: Option<Position>, live: bool) -> String {
        let mut query = Serializer::new(String::new());
        let action = self.action.clone().unwrap_or_default();
        for (name, value) in [
            ("person", self.person.as_str()),
            ("key", &self.key),
            ("action", &action),
            ("result", self.result.map_or("", Outcome::as_str)),
            ("address", &self.address),
            ("from", &self.from),
            ("to", &self.to),
            (
                "after",
                &after.map(|place| place.to_string()).unwrap_or_default(),
            ),
            ("live", if live { "1" } else { "" }),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        match query.finish().as_str() {
            "" => LOG.to_owned(),
            query => format!("{LOG}?{query}"),
        }
    }

    pub(super) fn actions(&self, words: &[String]) -> Vec<Choice> {
        let chosen = self.action.as_deref();
        let unknown = chosen.filter(|word| words.iter().all(|one| one != word));
        let words = words.iter().map(String::as_str).chain(unknown);
        let choices = words.map(|word| Choice::new(word, in_words(word), chosen == Some(word)));
        [Choice::new(ALL, "All", chosen.is_none())]
            .into_iter()
            .chain(choices)
            .collect()
    }

    pub(super) fn results(&self) -> Vec<Choice> {
        vec![
            Choice::new(ALL, "All", self.result.is_none()),
            Choice::new("done", "Done", self.result == Some(Outcome::Done)),
            Choice::new("denied", "Denied", self.result == Some(Outcome::Denied)),
        ]
    }
}

/// A minute as the browser's field sends it: 2026-11-27T14:03.
fn minute(text: &str, name: &str, errors: &mut FieldErrors) -> Option<Instant> {
    if text.is_empty() {
        return None;
    }
    let minute = Instant::of_minute(text);
    if minute.is_none() {
        errors.add(name, "Time must be one such as 2026-11-27T14:03");
    }
    minute
}
