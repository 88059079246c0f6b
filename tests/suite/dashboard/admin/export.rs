//! The inventory as a file: all of it, and nothing in it acts.

use serde_json::Value;

use crate::dashboard::admin::LIST;
use crate::dashboard::admin::crowd::fill;
use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    an_export_holds_what_the_filter_matches_and_is_an_event,
    nothing_in_an_export_acts,
);

/// Names that would act in a spreadsheet, a terminal or a page.
const CORPUS: [&str; 14] = [
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1:A9)",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "＝cmd|' /C calc'!A0",
    "|calc",
    "%0A=1",
    "a,b\"c\"",
    "\u{202e}gnp.exe",
    "\u{2066}left open",
    "<script>alert(1)</script>",
    "'; DROP TABLE tokens;--",
    "\u{200f}=1",
];

/// The fields of RFC 4180, all of them quoted.
fn records(text: &str) -> Vec<Vec<String>> {
    let lines = text.strip_suffix("\r\n").unwrap().split("\r\n");
    lines
        .map(|line| {
            let inner = line.strip_prefix('"').unwrap().strip_suffix('"').unwrap();
            let fields = inner.split("\",\"");
            fields.map(|field| field.replace("\"\"", "\"")).collect()
        })
        .collect()
}

async fn an_export_holds_what_the_filter_matches_and_is_an_event(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    fill(&server, &[&mira, &ada], 1_600);
    let mut browser = server.logged_in(&ada).await;
    let page = browser
        .open(&format!("{LIST}?environment=production"))
        .await;
    let links = page.values("a[download]", "href");
    assert_eq!(links.len(), 2);
    let csv = browser.get(&links[0]).await.must_be(200);
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let name = "attachment; filename=\"keys-2026-11-24.csv\"";
    assert_eq!(csv.header("content-disposition"), Some(name));
    let rows = records(csv.text());
    assert_eq!((rows.len(), rows[0][0].as_str()), (401, "id"));
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let exported = browser.get(&links[1]).await.must_be(200);
    let keys: Vec<Value> = exported
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut ids: Vec<_> = keys.iter().map(|key| key["id"].as_str().unwrap()).collect();
    let in_csv: Vec<_> = rows[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(ids, in_csv);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 400);
    assert!(keys.iter().all(|key| key["environment"] == "production"));
    assert!(keys.iter().any(|key| key["requests_30_days"] == 5));
    let events = server.words(
        "SELECT actor_name || detail AS word FROM audit_events WHERE action = 'inventory.export' \
         ORDER BY id",
    );
    let which = "\"which\":[\"Environment: Production\"]}";
    let told = ["csv", "jsonl"].map(|format| format!("Ada{{\"format\":\"{format}\",{which}"));
    assert_eq!(events, told);
    // All of them, in parts.
    let all = browser.get(&format!("{LIST}/export.jsonl")).await;
    assert_eq!(all.text().lines().count(), 1_601);
    let none = browser.get(&format!("{LIST}/export.jsonl?q=nothing")).await;
    assert_eq!((none.status, none.body.len()), (200, 0));
    browser
        .get(&format!("{LIST}/export.csv?status=x"))
        .await
        .must_be(422);
    // Where the event cannot be kept, nothing is exported.
    server.refuse_events();
    let ask = browser.ask("GET", &format!("{LIST}/export.csv"));
    assert_eq!(ask.send_for_status().await, 500);
}

async fn nothing_in_an_export_acts(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    for name in CORPUS {
        let key = server.generate_with(&mira, |draft| draft.name = name.into());
        // What the forms do not take may be in a database all the same.
        server.execute(&format!(
            "UPDATE tokens SET note = 'one' || {c}(10) || '=2' || {c}(13) || {c}(27) || '[2J' \
             || {c}(9) || '@x' WHERE id = '{}'",
            key.id,
            c = if engine == Engine::Sqlite {
                "char"
            } else {
                "chr"
            }
        ));
    }
    let mut browser = server.logged_in(&ada).await;
    let csv = browser
        .get(&format!("{LIST}/export.csv"))
        .await
        .must_be(200);
    let rows = records(csv.text());
    assert_eq!(rows.len(), CORPUS.len() + 1);
    let acts = |one: char| {
        one.is_control() || matches!(one, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    for row in &rows[1..] {
        for field in row {
            let first = field.trim_start().chars().next().unwrap_or(' ');
            assert!(!"=+-@|%＝".contains(first), "{field}");
            assert!(!field.chars().any(acts), "{field:?}");
        }
    }
    let names: Vec<_> = rows[1..].iter().map(|row| row[1].as_str()).collect();
    assert!(
        names.contains(&"'=1+1") && names.contains(&"a,b\"c\""),
        "{names:?}"
    );
    let lines = browser.get(&format!("{LIST}/export.jsonl")).await;
    let mut told: Vec<String> = lines
        .text()
        .split_terminator('\n')
        .map(|line| {
            assert!(!line.chars().any(acts), "{line:?}");
            let line: Value = serde_json::from_str(line).unwrap();
            line["name"].as_str().unwrap().to_owned()
        })
        .collect();
    told.sort();
    let mut expected = CORPUS.map(str::to_owned);
    expected.sort();
    assert_eq!(told, expected);
    // On the page they are text.
    let page = browser.open(LIST).await;
    assert_eq!(page.texts("tbody a.name bdi").len(), CORPUS.len());
    assert_eq!(page.count("tbody script"), 0);
}
