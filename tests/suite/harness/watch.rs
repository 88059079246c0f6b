//! A watch over every write of every test: nothing that judging a key reads changes without a new
//! epoch in the same transaction.
//!
//! A change leaves a debt, a row whose foreign key leads nowhere, which both engines look at when
//! the transaction is committed. Stamping the key with a new epoch pays it. So the database itself
//! refuses a write that forgets, whichever face, command or task it comes from, and also one that
//! is written next year: what is watched is whatever `Row` selects.

use deskforge::db::Database;
use deskforge::token::epoch::repository::Row;
use diesel::sqlite::Sqlite;
use diesel::{RunQueryDsl, SelectableHelper, debug_query, sql_query};

use super::Engine;
use super::sql::trigger;

/// The debts. `owed` leads to no epoch: there is only the one of id 1.
const DEBTS: &str = "CREATE TABLE __debts (token_id TEXT NOT NULL, epoch BIGINT NOT NULL, \
                     owed INTEGER NOT NULL REFERENCES epochs (id) DEFERRABLE INITIALLY DEFERRED)";

/// Many keys may be in debt at once.
const BY_KEY: &str = "CREATE INDEX __debts_by_key ON __debts (token_id)";

/// Begins to watch a database, where nobody does yet.
pub(super) fn begin(engine: Engine, database: &Database) {
    let look = |connection: &mut _| Ok(sql_query("SELECT owed FROM __debts").execute(connection)?);
    if database.read_now(look).is_ok() {
        return;
    }
    let made = database.write_now(|connection| {
        let made = [DEBTS, BY_KEY].map(str::to_owned).into_iter();
        for statement in made.chain(triggers(engine)) {
            sql_query(statement).execute(connection)?;
        }
        Ok(())
    });
    made.unwrap();
}

/// The columns of a table that judging a key reads.
pub(crate) fn judged(table: &str) -> Vec<String> {
    let columns = selected().into_iter();
    let columns = columns.filter(|(of, _)| of == table);
    columns.map(|(_, column)| column).collect()
}

/// Each column that `Row` selects, with its table.
fn selected() -> Vec<(String, String)> {
    let query = debug_query::<Sqlite, _>(&Row::as_select()).to_string();
    let (columns, _) = query.split_once(" -- ").unwrap();
    let columns = columns.replace('`', "");
    let pairs = columns
        .split(", ")
        .map(|pair| pair.split_once('.').unwrap());
    pairs
        .map(|(table, column)| (table.to_owned(), column.to_owned()))
        .collect()
}

fn triggers(engine: Engine) -> Vec<String> {
    let watched = judged("tokens").len() + judged("accounts").len();
    assert_eq!(watched, selected().len(), "there is a table to be watched");
    let differs = |table| {
        let row = |version: &str| {
            let columns = judged(table);
            let columns = columns.iter().map(|column| format!("{version}.{column}"));
            columns.collect::<Vec<_>>().join(", ")
        };
        format!("({}) IS DISTINCT FROM ({})", row("OLD"), row("NEW"))
    };
    let owe = "INSERT INTO __debts SELECT tokens.id, epoch, 0 FROM tokens, epochs";
    let for_one = format!("{owe} WHERE tokens.id = NEW.id");
    let for_all = format!("{owe} WHERE owner_id = NEW.id");
    let pay = "DELETE FROM __debts WHERE token_id = NEW.token_id AND epoch < NEW.epoch \
               AND NEW.epoch = (SELECT epoch FROM epochs)";
    // Nobody tells memory of a key that is gone.
    let never = "INSERT INTO __debts VALUES (OLD.id, 0, 0)";
    let (tokens, accounts) = (differs("tokens"), differs("accounts"));
    [
        ("__made", "INSERT ON tokens", "", for_one.as_str()),
        ("__changed", "UPDATE ON tokens", &tokens, &for_one),
        ("__owner", "UPDATE ON accounts", &accounts, &for_all),
        ("__gone", "DELETE ON tokens", "", never),
        ("__stamped", "INSERT ON token_epochs", "", pay),
        ("__stamped_again", "UPDATE ON token_epochs", "", pay),
    ]
    .into_iter()
    .flat_map(|(name, event, rows, work)| {
        trigger(engine, name, &format!("AFTER {event}"), rows, work)
    })
    .collect()
}
