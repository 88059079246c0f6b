//! What is said of a service account.

use crate::account::model::Account;
use crate::account::service::Draft;
use crate::dashboard::choice::Choice;
use crate::dashboard::form::{Form, sound};
use crate::error::{Error, FieldErrors};
use crate::id::Id;

/// What is sent where every admin is asked.
const EVERYBODY: &str = "all";

/// What was typed.
pub(super) struct ServiceForm {
    pub(super) name: String,
    pub(super) purpose: String,
    managed_by: String,
    pub(super) errors: FieldErrors,
}

impl ServiceForm {
    /// An empty one, of an account that `manager` will be asked about.
    pub(super) fn empty(manager: Id) -> Self {
        Self {
            name: String::new(),
            purpose: String::new(),
            managed_by: manager.to_string(),
            errors: FieldErrors::default(),
        }
    }

    pub(super) fn of(account: &Account) -> Self {
        Self {
            name: account.name.clone(),
            purpose: account.purpose.clone(),
            managed_by: account
                .managed_by
                .map_or_else(|| EVERYBODY.to_owned(), |id| id.to_string()),
            errors: FieldErrors::default(),
        }
    }

    pub(super) fn read(mut sent: Form) -> Self {
        Self {
            name: sent.text("name"),
            purpose: sent.text("purpose"),
            managed_by: sent.text("managed_by"),
            errors: sent.finish(),
        }
    }

    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    pub(super) fn draft(&self) -> Result<Draft, Error> {
        sound(&self.errors)?;
        let manager =
            match self.managed_by.as_str() {
                "" | EVERYBODY => None,
                id => Some(id.parse().map_err(|_| {
                    Error::Invalid(FieldErrors::one("managed_by", "Choose an admin"))
                })?),
            };
        Draft::check(&self.name, &self.purpose, manager)
    }

    /// Who can be asked about it.
    pub(super) fn managers(&self, admins: &[Account]) -> Vec<Choice> {
        let known = admins
            .iter()
            .any(|admin| admin.id.as_str() == self.managed_by);
        let admins = admins.iter().map(|admin| {
            let id = admin.id.as_str();
            Choice::new(id, admin.name.clone(), id == self.managed_by)
        });
        [Choice::new(EVERYBODY, "All admins", !known)]
            .into_iter()
            .chain(admins)
            .collect()
    }
}
