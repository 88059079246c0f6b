//! Cursors: where the next page of a list begins, opaque to clients and checked when they come
//! back. One that is made up shows nothing that its maker could not list anyway.

use std::fmt::Display;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::id::Id;
use crate::token::list::{Order, Position, Sort};

/// The most characters of a cursor that is looked at.
const MOST: usize = 1_024;

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    /// The rows.
    pub(crate) data: Vec<T>,
    /// Where the next page begins; null on the last.
    pub(crate) next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page of `limit` out of one row more than that, which tells whether there is another.
    pub(crate) fn new<R>(
        mut rows: Vec<R>,
        limit: i64,
        cursor: impl FnOnce(&R) -> String,
        view: impl Fn(R) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(cursor);
        Self {
            data: rows.into_iter().map(view).collect(),
            next_cursor,
        }
    }
}

/// A cursor that stands after this place.
pub(crate) fn after(place: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(place.to_string())
}

/// A cursor that stands after this id, at this position of a list of this order.
pub(crate) fn after_position(id: Id, position: &Position, order: Order) -> String {
    let order = order.name();
    URL_SAFE_NO_PAD.encode(match position {
        Position::Number(number) => format!("{order}@{id}#{number}"),
        Position::Name(name) => format!("{order}@{id}={name}"),
    })
}

/// Reads what [`after`] wrote.
pub(crate) fn read<T: FromStr>(text: &str) -> Option<T> {
    decoded(text)?.parse().ok()
}

/// Reads what [`after_position`] wrote for a list of the same order.
pub(crate) fn read_position(text: &str, order: Order) -> Option<(Id, Position)> {
    let text = decoded(text)?;
    let text = text.strip_prefix(order.name())?.strip_prefix('@')?;
    let (id, rest) = text.split_at_checked(36)?;
    let position = match (order.sort, rest.split_at_checked(1)?) {
        (Sort::Name, ("=", name)) => Position::Name(name.to_owned()),
        (Sort::Created | Sort::Expires | Sort::LastUsed, ("#", number)) => {
            Position::Number(number.parse().ok()?)
        }
        _ => return None,
    };
    Some((id.parse().ok()?, position))
}

fn decoded(text: &str) -> Option<String> {
    if text.len() > MOST {
        return None;
    }
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?)
        .ok()
        .filter(|text| !text.contains('\0'))
}
