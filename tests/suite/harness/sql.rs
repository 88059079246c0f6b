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

/// The statements that make a trigger: what it follows, such as `AFTER INSERT ON tokens`, on which
/// rows, by default all, and what it does.
pub(super) fn trigger(
    engine: Engine,
    name: &str,
    event: &str,
    rows: &str,
    work: &str,
) -> Vec<String> {
    let rows = match rows {
        "" => String::new(),
        rows => format!("WHEN ({rows})"),
    };
    match engine {
        Engine::Sqlite => vec![format!(
            "CREATE TRIGGER {name} {event} {rows} BEGIN {work}; END"
        )],
        Engine::Postgres => vec![
            format!(
                "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql \
                 AS $$ BEGIN {work}; RETURN NULL; END $$"
            ),
            format!("CREATE TRIGGER {name} {event} FOR EACH ROW {rows} EXECUTE FUNCTION {name}()"),
        ],
    }
}

/// Stamps every key with the present epoch.
pub(crate) const STAMP_ALL: &str = "INSERT INTO token_epochs (token_id, epoch) \
    SELECT tokens.id, epochs.epoch FROM tokens, epochs WHERE true \
    ON CONFLICT (token_id) DO UPDATE SET epoch = excluded.epoch";

impl TestServer {
    /// Runs a statement; gives how many rows it changed. Whatever it changed of keys is seen as
    /// every change of a key is: with a new epoch.
    pub(crate) fn execute(&self, statement: &str) -> usize {
        let database = &self.state().database;
        let changed = database.write_now(|connection| {
            let changed = sql_query(statement).execute(connection)?;
            for follow in ["UPDATE epochs SET epoch = epoch + 1", STAMP_ALL] {
                sql_query(follow).execute(connection)?;
            }
            Ok(changed)
        });
        changed.unwrap()
    }

    /// The same for very many rows at once, without the watch over each where that can be: what is
    /// stamped here is seen all the same.
    pub(crate) fn execute_for_many(&self, statement: &str) {
        let watch = |word: &str| match self.place().engine() {
            Engine::Sqlite => "SELECT 1".to_owned(),
            Engine::Postgres => format!("ALTER TABLE tokens {word} TRIGGER USER"),
        };
        let statements = [
            &watch("DISABLE"),
            statement,
            "UPDATE epochs SET epoch = epoch + 1",
            STAMP_ALL,
            &watch("ENABLE"),
        ];
        let written = self.state().database.write_now(|connection| {
            for statement in statements {
                sql_query(statement).execute(connection)?;
            }
            Ok(())
        });
        written.unwrap();
    }

    /// Runs a statement that changes nothing of keys.
    pub(crate) fn run(&self, statement: &str) {
        self.on_connection(|connection| sql_query(statement).execute(connection));
    }

    /// What PostgreSQL does by itself before long: it sees which rows are there, and how many.
    pub(crate) fn vacuum(&self) {
        self.on_connection(|connection| sql_query("VACUUM ANALYZE").execute(connection));
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
        let engine = self.place().engine();
        let fail = match engine {
            Engine::Sqlite => "SELECT RAISE(ABORT, 'refused')",
            Engine::Postgres => "RAISE EXCEPTION 'refused'",
        };
        let event = format!("BEFORE INSERT ON {table}");
        for statement in trigger(engine, "refuse", &event, "", fail) {
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
