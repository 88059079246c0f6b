//! Looks into a test's database, and changes that no face of the program offers.

use deskforge::db::Connection;
use deskforge::error::Error;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};

use super::{Engine, TestServer};

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
pub(super) struct Word {
    #[diesel(sql_type = Text)]
    pub(super) word: String,
}

impl TestServer {
    /// Runs a statement; gives how many rows it changed. Whatever it changed of keys is seen as
    /// every change of a key is: with a new epoch.
    pub(crate) fn execute(&self, statement: &str) -> usize {
        let database = &self.state().database;
        let changed = database.write_now(|connection| {
            let changed = sql_query(statement).execute(connection)?;
            for follow in [
                "UPDATE epochs SET epoch = epoch + 1",
                "UPDATE tokens SET changed_epoch = (SELECT epoch FROM epochs)",
            ] {
                sql_query(follow).execute(connection)?;
            }
            Ok(changed)
        });
        changed.unwrap()
    }

    /// `SELECT … AS number` of one row.
    pub(crate) fn number(&self, query: &str) -> i64 {
        let row: Number = self.on_connection(|connection| sql_query(query).get_result(connection));
        row.number
    }

    /// `SELECT … AS word` of any number of rows.
    pub(crate) fn words(&self, query: &str) -> Vec<String> {
        let rows: Vec<Word> = self.on_connection(|connection| sql_query(query).load(connection));
        rows.into_iter().map(|row| row.word).collect()
    }

    /// From here on no audit event can be written.
    pub(crate) fn refuse_events(&self) {
        self.refuse("audit_events");
    }

    /// From here on no row can be added to the table.
    pub(crate) fn refuse(&self, table: &str) {
        let statements = match self.place().engine() {
            Engine::Sqlite => vec![format!(
                "CREATE TRIGGER refuse BEFORE INSERT ON {table} \
                 BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )],
            Engine::Postgres => vec![
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql \
                 AS 'BEGIN RAISE EXCEPTION ''refused''; END'"
                    .to_owned(),
                format!(
                    "CREATE TRIGGER refuse BEFORE INSERT ON {table} \
                     FOR EACH ROW EXECUTE FUNCTION refuse()"
                ),
            ],
        };
        for statement in statements {
            self.execute(&statement);
        }
    }

    /// Takes rows again that were refused.
    pub(crate) fn take_again(&self) {
        self.execute(match self.place().engine() {
            Engine::Sqlite => "DROP TRIGGER refuse",
            Engine::Postgres => "DROP FUNCTION refuse CASCADE",
        });
    }

    fn on_connection<T>(&self, work: impl FnOnce(&mut Connection) -> diesel::QueryResult<T>) -> T {
        let database = &self.state().database;
        database
            .read_now(|connection| work(connection).map_err(Error::from))
            .unwrap()
    }
}
