//! The migrations, part of the binary.

use std::error::Error;

use diesel::{PgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Connection;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The advisory lock under which one node of several migrates; any number nobody else uses.
const LOCK: i64 = 0x6465_736b_666f_7267;

/// Runs what has not been run yet.
pub(super) fn run(connection: &mut Connection) -> Result<(), Box<dyn Error + Send + Sync>> {
    match connection {
        Connection::Sqlite(sqlite) => sqlite.run_pending_migrations(SQLITE).map(drop),
        Connection::Postgres(postgres) => {
            lock(postgres, "SELECT pg_advisory_lock($1)")?;
            let outcome = postgres.run_pending_migrations(POSTGRES).map(drop);
            lock(postgres, "SELECT pg_advisory_unlock($1)")?;
            outcome
        }
    }
}

fn lock(postgres: &mut PgConnection, statement: &str) -> diesel::QueryResult<usize> {
    diesel::sql_query(statement)
        .bind::<diesel::sql_types::BigInt, _>(LOCK)
        .execute(postgres)
}
