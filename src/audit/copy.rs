//! The log as an export, read part by part while it is sent.

use super::chain::Link;
use super::export::{write_head, write_row};
use super::model::Row;
use super::repository;
use crate::db::Connection;
use crate::error::Error;

/// Rows that are read at once.
const ROWS: i64 = 500;

/// Lines of the log after the event of this number, up to its head: some, and the number after
/// which the next begin, where the last is not among them.
///
/// # Errors
/// Those of the database; [`Error::Internal`] where the log is in no order.
pub fn part(
    connection: &mut Connection,
    after: i64,
    head: Link,
) -> Result<(Vec<u8>, Option<i64>), Error> {
    let rows = repository::rows(connection, after, head.number, ROWS)?;
    let mut text = Vec::new();
    for row in &rows {
        write_row(row, &mut text);
    }
    let last = rows.last().map(Row::number);
    if last.is_some_and(|last| last <= after) {
        return Err(Error::Internal("the audit log has no order".to_owned()));
    }
    if last.is_none() {
        write_head(head, &mut text);
    }
    Ok((text, last))
}
