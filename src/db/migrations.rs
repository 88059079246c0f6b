//! The migrations, part of the binary.

use std::error::Error;

use diesel::backend::Backend;
use diesel::{PgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Connection;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The advisory lock under which one node of several migrates; any number nobody else uses.
const LOCK: i64 = 0x6465_736b_666f_7267;

type Outcome = Result<Vec<String>, Box<dyn Error + Send + Sync>>;

/// Runs what has not been run yet, and gives the versions of that.
pub(super) fn run(connection: &mut Connection) -> Outcome {
    match connection {
        Connection::Sqlite(sqlite) => run_pending(sqlite, SQLITE),
        Connection::Postgres(postgres) => {
            lock(postgres, "SELECT pg_advisory_lock($1)")?;
            let outcome = run_pending(postgres, POSTGRES);
            lock(postgres, "SELECT pg_advisory_unlock($1)")?;
            outcome
        }
    }
}

fn run_pending<B: Backend>(
    connection: &mut impl MigrationHarness<B>,
    migrations: EmbeddedMigrations,
) -> Outcome {
    let versions = connection.run_pending_migrations(migrations)?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

fn lock(postgres: &mut PgConnection, statement: &str) -> diesel::QueryResult<usize> {
    diesel::sql_query(statement)
        .bind::<diesel::sql_types::BigInt, _>(LOCK)
        .execute(postgres)
}
