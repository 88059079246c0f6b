//! Pages of a list.

use crate::dashboard::form::Form;

/// Rows on a page.
pub(crate) const ROWS: i64 = 50;

/// The last page that can be asked for.
const MOST: i64 = 1_000_000;

/// Where one is in a list, and the way to its neighbours.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pager {
    /// The page, from 1.
    pub(crate) page: i64,
    /// How many there are, at least 1; none where that was not counted.
    pub(crate) pages: Option<i64>,
    /// Address of the page before.
    pub(crate) previous: Option<String>,
    /// Address of the page after.
    pub(crate) next: Option<String>,
}

impl Pager {
    /// The pager of a list of `total` rows; `address` gives the address of a page.
    pub(crate) fn new(asked: i64, total: i64, address: impl Fn(i64) -> String) -> Self {
        let (page, pages) = (clamped(asked, total), last(total));
        Self {
            page,
            pages: Some(pages),
            previous: (page > 1).then(|| address(page - 1)),
            next: (page < pages).then(|| address(page + 1)),
        }
    }

    /// Whether all there is stands on one page.
    pub(crate) fn is_alone(&self) -> bool {
        self.previous.is_none() && self.next.is_none()
    }
}

/// The page that a query asks for.
pub(crate) fn number(query: &mut Form) -> i64 {
    let read = |text: &str| text.parse().ok().filter(|page| (1..=MOST).contains(page));
    query
        .parsed("page", "Page must be a number from 1 up", read)
        .unwrap_or(1)
}

/// How many rows come before the page that was asked for, or before the last one.
pub(crate) fn offset(asked: i64, total: i64) -> i64 {
    (clamped(asked, total) - 1) * ROWS
}

fn clamped(asked: i64, total: i64) -> i64 {
    asked.clamp(1, last(total))
}

fn last(total: i64) -> i64 {
    ((total - 1) / ROWS + 1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_offered_where_there_are_any() {
        let address = |page: i64| format!("?page={page}");
        let only = Pager::new(1, 50, address);
        assert_eq!(only.pages, Some(1));
        assert!(only.is_alone());
        let middle = Pager::new(2, 101, address);
        assert_eq!(middle.pages, Some(3));
        assert_eq!(middle.previous.as_deref(), Some("?page=1"));
        assert_eq!(middle.next.as_deref(), Some("?page=3"));
        assert_eq!(Pager::new(1, 0, address).pages, Some(1));
        assert_eq!(Pager::new(9, 60, address).page, 2);
        assert_eq!((offset(9, 60), offset(1, 0), offset(3, 150)), (50, 0, 100));
    }
}
