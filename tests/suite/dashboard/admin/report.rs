//! The page for the auditor adds up.

use crate::dashboard::admin::crowd::fill;
use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(the_report_counts_every_key_once_in_each_table);

const REPORT: &str = "/dashboard/admin/report";

async fn the_report_counts_every_key_once_in_each_table(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ada) = (server.person("Mira"), server.admin("Ada"));
    let mut browser = server.logged_in(&ada).await;
    browser.open(REPORT).await.must_be(200, REPORT);
    fill(&server, &[&mira, &ada], 300);
    let policy = "/dashboard/admin/policy";
    let form = browser.open(policy).await.form(policy);
    browser.send(&form.with("default_days", "37")).await;
    let page = browser.open(REPORT).await;
    let now = server.now().micros();
    let live = format!("revoked_at IS NULL AND (expires_at IS NULL OR expires_at > {now})");
    let count = |condition: &str| {
        server.number(&format!(
            "SELECT count(*) AS number FROM tokens WHERE {condition}"
        ))
    };
    let tables: Vec<(String, i64)> = page
        .texts(".tables section")
        .into_iter()
        .map(|section| section.split(' ').next().unwrap().to_owned())
        .zip(1..)
        .collect();
    assert_eq!(tables.len(), 7);
    for (title, place) in tables {
        let cells = page.texts(&format!(".tables section:nth-child({place}) tbody td"));
        let sum: i64 = cells
            .iter()
            .map(|cell| cell.replace(',', "").parse::<i64>().unwrap())
            .sum();
        let expected = match title.as_str() {
            "State" => count("1 = 1"),
            "Revoked" => count("revoked_at IS NOT NULL"),
            _ => count(&live),
        };
        assert_eq!(sum, expected, "{title}: {cells:?}");
    }
    let words = page.words();
    assert!(words.contains("default days: 37 instead of"), "{words}");
    assert!(
        words.contains("Leaked") && words.contains("No longer needed"),
        "{words}"
    );
}
