//! Where people stand, in words.

use crate::account::model::{Account, Role, Standing};
use crate::dashboard::badge::Badge;

/// Where somebody stands.
pub(super) fn badge(account: &Account) -> Badge {
    let (tone, words) = match account.standing() {
        Standing::Active => ("good", "Active"),
        Standing::Invited => ("warn", "Invited"),
        Standing::Disabled => ("", "Disabled"),
    };
    Badge {
        tone,
        words: words.to_owned(),
    }
}

/// What somebody may.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Member => "Member",
        Role::Admin => "Admin",
    }
}
