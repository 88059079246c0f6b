//! The tables are the same on both engines, and as the program's schema has them.

use std::collections::BTreeSet;

use crate::harness::{Engine, TestServer};

/// `table.column nullable`, as a fresh database of the engine has them.
fn made_by(engine: Engine) -> BTreeSet<String> {
    let server = TestServer::start(engine);
    let query = match engine {
        Engine::Sqlite => {
            "SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 \
             THEN ' ' ELSE ' Nullable ' END || c.type AS word \
             FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'"
                .to_owned()
        }
        Engine::Postgres => format!(
            "SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'NO' \
             THEN ' ' ELSE ' Nullable ' END || data_type AS word \
             FROM information_schema.columns WHERE table_schema = '{}' \
             AND table_name NOT LIKE '\\_\\_%'",
            server.place().schema()
        ),
    };
    server
        .words(&query)
        .iter()
        .map(|column| common(column))
        .collect()
}

/// Column types under the names that the program's schema has for them.
fn common(column: &str) -> String {
    let (rest, kind) = column.rsplit_once(' ').unwrap();
    let kind = match kind.to_lowercase().as_str() {
        "text" => "Text",
        "bigint" => "BigInt",
        "integer" => "Integer",
        "blob" | "bytea" => "Binary",
        "boolean" => "Bool",
        other => panic!("{column}: {other}"),
    };
    format!("{rest} {kind}")
}

/// The same, read out of the program's own schema.
fn declared() -> BTreeSet<String> {
    let source = include_str!("../../src/db/schema.rs");
    let mut columns = BTreeSet::new();
    let mut table = "";
    for line in source.lines() {
        let words = line.trim().trim_end_matches(',');
        if let Some((name, kind)) = words.split_once(" -> ") {
            if !name.contains('(') {
                let kind = match kind.strip_prefix("Nullable<") {
                    Some(inner) => format!("Nullable {}", inner.trim_end_matches('>')),
                    None => kind.to_owned(),
                };
                columns.insert(format!("{table}.{name} {kind}"));
            }
        } else if let Some((name, _)) = words.split_once(" (") {
            table = name;
        }
    }
    columns
}

#[test]
fn both_engines_have_the_tables_of_the_schema() {
    let declared = declared();
    assert!(declared.len() > 50 && declared.contains("tokens.expires_at Nullable BigInt"));
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let made = made_by(engine);
        let differing: Vec<_> = made.symmetric_difference(&declared).collect();
        assert_eq!(differing, [""; 0], "{engine:?}");
    }
}

#[test]
fn both_engines_have_migrations_of_the_same_names() {
    let names = |engine: &str| -> BTreeSet<String> {
        let directory = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let entries = std::fs::read_dir(directory).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
