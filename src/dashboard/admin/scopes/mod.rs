//! The operator's own scopes: what there is beside the built-in ones, and which keys hold it.

pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod new;
mod path;
pub(crate) mod retire;
pub(crate) mod withdraw;

use crate::clock::Instant;
use crate::error::Error;
use crate::server::State;
use crate::token::scope::repository::{self, Own};

/// Where the list is.
const LIST: &str = "/dashboard/admin/scopes";

/// Where the page of a scope is. Its name is of characters that a path takes as they are.
fn address(name: &str) -> String {
    format!("{LIST}/{name}")
}

/// A scope, how many live keys hold it, and how many of them hold nothing else.
struct Found {
    own: Own,
    holders: usize,
    alone: usize,
}

impl Found {
    /// # Errors
    /// [`Error::NotFound`].
    async fn read(state: &State, name: String, now: Instant) -> Result<Self, Error> {
        let read = state.database.read(move |connection| {
            let own = repository::get(connection, &name)?;
            Ok((own, repository::holders(connection, &name, now)?))
        });
        let (own, holders) = read.await?;
        let is_alone = |scopes: &&crate::token::scope::Scopes| scopes.iter().count() == 1;
        let scopes = holders.iter().map(|(_, _, scopes)| scopes);
        Ok(Self {
            own,
            holders: holders.len(),
            alone: scopes.filter(is_alone).count(),
        })
    }
}
