//! Every write that changes what a key may do moves the epoch. The watch of the harness sees to it,
//! and here every write there is succeeds once under its eyes.

mod api;
mod commands;
mod keys;
mod pages;
mod people;

use deskforge::error::Error;
use deskforge::routes::{Authority, Line, table};
use diesel::{RunQueryDsl, sql_query};

use crate::harness::{Engine, STAMP_ALL, TestServer, judged, on_each_engine};

on_each_engine!(a_change_that_forgets_the_epoch_is_not_committed);

/// The watch itself: whatever judging reads, of a key or of its owner.
async fn a_change_that_forgets_the_epoch_is_not_committed(engine: Engine) {
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    let key = server.generate(&mira);
    let write = |statements: &[&str]| {
        server.state().database.write_now(|connection| {
            for statement in statements {
                sql_query(*statement).execute(connection)?;
            }
            Ok::<_, Error>(())
        })
    };
    let bytes = match engine {
        Engine::Sqlite => "BLOB",
        Engine::Postgres => "BYTEA",
    };
    let change = |table: &str, column: &str| {
        let value = match column {
            // No other value is taken.
            "id" | "kind" => return None,
            "owner_id" | "family_id" => format!("'{}'", ravi.id),
            "role" => "'admin'".to_owned(),
            "environment" => "'staging'".to_owned(),
            "digest" => format!("CAST('{}' AS {bytes})", "d".repeat(32)),
            "scopes" | "allowed_cidrs" | "name" => "'other'".to_owned(),
            _ => "1".to_owned(),
        };
        Some(format!("UPDATE {table} SET {column} = {value}"))
    };
    let advance = "UPDATE epochs SET epoch = epoch + 1";
    for table in ["accounts", "tokens"] {
        let columns = judged(table);
        for change in columns.iter().filter_map(|column| change(table, column)) {
            assert!(write(&[&change]).is_err(), "{change}");
            assert!(
                write(&[&change, STAMP_ALL]).is_err(),
                "{change}: an old epoch"
            );
            assert!(
                write(&[advance, STAMP_ALL, &change]).is_err(),
                "{change}: late"
            );
            write(&[&change, advance, STAMP_ALL]).unwrap();
        }
    }
    assert!(write(&["DELETE FROM tokens", advance]).is_err());
    server.key(&key).get("/token").await.must_be(401);
}

/// The lines of the route table that write, at least a successor's first use; pages or programs'.
fn lines(of_pages: bool) -> impl Iterator<Item = Line> {
    table().into_iter().filter(move |line| {
        let is_page = matches!(
            line.authority,
            Authority::Visitor | Authority::Member | Authority::Admin
        );
        is_page == of_pages && line.method.as_ref().is_none_or(|method| method != "GET")
    })
}

/// How many changes the audit trail knows: each write but the choice of a theme is one.
fn changes(server: &TestServer) -> i64 {
    server.number("SELECT count(*) AS number FROM audit_events WHERE result = 'done'")
}
