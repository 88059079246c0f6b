//! One page to print for an auditor.

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde_json::Value;

use crate::audit;
use crate::audit::event::{Action, Event};
use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::error::Error;
use crate::server::State;
use crate::token::report::{Line, Report, repository};

/// How many changes of policy are told.
const CHANGES: i64 = 100;

/// The page.
#[derive(Template)]
#[template(path = "admin/report.html")]
struct View {
    page: Page,
    report: Report,
    changes: Vec<Event>,
}

/// A table of the report.
struct Table<'a> {
    title: &'static str,
    what: &'static str,
    lines: &'a [Line],
}

impl View {
    fn tables(&self) -> [Table<'_>; 7] {
        let table = |title, what, lines| Table { title, what, lines };
        let report = &self.report;
        [
            table(
                "State",
                "Keys of every state, the deleted among them",
                &report.states,
            ),
            table(
                "Age",
                "Working keys, since they were generated",
                &report.ages,
            ),
            table(
                "Rotation",
                "Working keys, by when they were generated",
                &report.rotated,
            ),
            table(
                "Lifetime",
                "Working keys, from generated to expiry",
                &report.lifetimes,
            ),
            table("Environment", "Working keys", &report.environments),
            table("Owner", "Working keys, who has most first", &report.owners),
            table("Revoked", "In the last 365 days, and why", &report.revoked),
        ]
    }

    /// The settings that a change of policy touched, each with what it was and is.
    fn changed(event: &Event) -> Vec<String> {
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let (Some(before), Some(after)) = (
            detail.get("before").and_then(Value::as_object),
            detail.get("after").and_then(Value::as_object),
        ) else {
            return Vec::new();
        };
        let names = after
            .iter()
            .filter(|(name, value)| *name != "version" && before.get(*name) != Some(value));
        let was = |name: &String| before.get(name).map_or_else(|| "none".to_owned(), word);
        names
            .map(|(name, value)| {
                let name = name.replace('_', " ");
                format!(
                    "{name}: {} instead of {}",
                    word(value),
                    was(&name.replace(' ', "_"))
                )
            })
            .collect()
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(is) => if *is { "yes" } else { "no" }.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The report of this instant.
pub(crate) async fn show(state: Data<State>, page: Page) -> Result<HttpResponse, Error> {
    let now = page.now();
    let (report, changes) = state
        .database
        .read(move |connection| {
            let report = repository::read(connection, now)?;
            let changes = audit::repository::latest(connection, Action::PolicyChange, CHANGES)?;
            Ok((report, changes))
        })
        .await?;
    render::show(&View {
        page,
        report,
        changes,
    })
}
