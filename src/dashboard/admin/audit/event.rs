//! One event, with all that is known of it.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::LOG;
use crate::audit::log::{Whose, repository};
use crate::audit::model::Record;
use crate::dashboard::event_line::{Line, keys};
use crate::dashboard::page::Page;
use crate::dashboard::render::show;
use crate::error::Error;
use crate::server::{PathId, State};

/// The page.
#[derive(Template)]
#[template(path = "admin/audit/event.html")]
struct View {
    page: Page,
    line: Line,
    record: Record,
    seal: String,
    changes: Vec<Change>,
    details: Vec<(String, String)>,
}

/// One setting, before and after.
struct Change {
    name: String,
    before: String,
    after: String,
    is_same: bool,
}

/// The event.
pub(crate) async fn show_one(
    state: Data<State>,
    PathId(id): PathId,
    page: Page,
) -> Result<HttpResponse, Error> {
    let read = move |connection: &mut _| {
        let (record, mac) = repository::get(connection, Whose::Everyone, id)?;
        let known = keys(connection, Whose::Everyone, std::slice::from_ref(&record))?;
        Ok((Line::new(&record, &known), record, mac))
    };
    let (line, record, mac) = state.database.read(read).await?;
    let detail: Value = serde_json::from_str(&record.event.detail).unwrap_or_default();
    show(&View {
        page,
        line,
        seal: STANDARD.encode(mac),
        changes: changes(&detail),
        details: details(&detail),
        record,
    })
}

fn part<'a>(detail: &'a Value, name: &str) -> Option<&'a Map<String, Value>> {
    detail.get(name).and_then(Value::as_object)
}

/// The settings that the event tells of twice.
fn changes(detail: &Value) -> Vec<Change> {
    let nothing = Map::new();
    let (before, after) = (part(detail, "before"), part(detail, "after"));
    let (before, after) = (before.unwrap_or(&nothing), after.unwrap_or(&nothing));
    let added = after.keys().filter(|name| !before.contains_key(*name));
    let names = before.keys().chain(added);
    names
        .map(|name| Change {
            name: label(name),
            before: before.get(name).map(plain).unwrap_or_default(),
            after: after.get(name).map(plain).unwrap_or_default(),
            is_same: before.get(name) == after.get(name),
        })
        .collect()
}

/// All else that it tells.
fn details(detail: &Value) -> Vec<(String, String)> {
    let Some(fields) = detail.as_object() else {
        return Vec::new();
    };
    let rest = fields
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "before" | "after"));
    rest.map(|(name, value)| (label(name), plain(value)))
        .collect()
}

/// `expires_at` becomes "Expires at".
fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut signs = words.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}

/// A value in words.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::String(text) if text.is_empty() => "None".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "None".to_owned(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
