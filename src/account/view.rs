//! An account in JSON.

use serde::Serialize;

use crate::account::model::Account;
use crate::clock::Instant;
use crate::id::Id;

/// An account as it is told to people and programs.
#[derive(Serialize)]
pub struct AccountView {
    id: Id,
    kind: &'static str,
    name: String,
    email: Option<String>,
    role: &'static str,
    created_at: Instant,
    updated_at: Instant,
    disabled_at: Option<Instant>,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            kind: account.kind.as_str(),
            name: account.name,
            email: account.email,
            role: account.role.as_str(),
            created_at: account.created_at,
            updated_at: account.updated_at,
            disabled_at: account.disabled_at,
        }
    }
}
