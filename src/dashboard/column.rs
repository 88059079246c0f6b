//! The head of a column of a list of keys.

use crate::token::list::{Order, Sort};

/// The head of a column.
pub(crate) struct Column {
    /// Its words.
    pub(crate) label: &'static str,
    /// Sorts by this column.
    pub(crate) href: Option<String>,
    /// The value of `aria-sort`.
    pub(crate) order: Option<&'static str>,
    /// The class of its head.
    pub(crate) class: &'static str,
}

impl Column {
    /// A column that the list can be sorted by; `address` gives the address of the list in an order.
    pub(crate) fn sorted(
        label: &'static str,
        order: Order,
        chosen: Order,
        address: impl FnOnce(Order) -> String,
    ) -> Self {
        let direction = if chosen.descending {
            "descending"
        } else {
            "ascending"
        };
        Self {
            label,
            href: Some(address(order)),
            order: (chosen.sort == order.sort).then_some(direction),
            class: "",
        }
    }

    /// One that it cannot be sorted by.
    pub(crate) fn plain(label: &'static str, class: &'static str) -> Self {
        Self {
            label,
            href: None,
            order: None,
            class,
        }
    }
}

/// The order by name.
pub(crate) const NAME: Order = order(Sort::Name, false);
/// The last used first.
pub(crate) const LAST_USED: Order = order(Sort::LastUsed, true);
/// The next to expire first.
pub(crate) const EXPIRES: Order = order(Sort::Expires, false);

const fn order(sort: Sort, descending: bool) -> Order {
    Order { sort, descending }
}
