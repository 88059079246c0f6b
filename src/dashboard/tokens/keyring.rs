//! Whose keys the pages of keys are about: one's own, or those of a service account that an admin
//! looks after. The pages are the same; where they are is not.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::LIST;
use crate::account::model::{Account, Role};
use crate::account::service;
use crate::audit::event::Actor;
use crate::dashboard::guard::Member;
use crate::error::Error;
use crate::id::Id;
use crate::server::State;
use crate::token::repository::Whose;

/// The keys of one account, in the hands of who is logged in.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    /// Whose keys they are.
    pub(crate) owner: Account,
    /// Who looks after them.
    member: Member,
}

impl Keyring {
    /// The keys that are meant.
    pub(crate) fn keys(&self) -> Whose {
        Whose::Account(self.owner.id)
    }

    /// Who looks after them, as the audit trail knows them.
    pub(crate) fn actor(&self) -> Actor {
        self.member.actor()
    }

    /// Whether they belong to who looks after them.
    pub(crate) fn is_own(&self) -> bool {
        self.owner.id == self.member.account.id
    }

    /// Whether there can be new ones.
    pub(crate) fn is_open(&self) -> bool {
        self.owner.disabled_at.is_none()
    }

    /// Where the list of them is.
    pub(crate) fn list(&self) -> String {
        if self.is_own() {
            LIST.to_owned()
        } else {
            list_of(self.owner.id)
        }
    }

    /// Where the page of one of them is.
    pub(crate) fn address(&self, id: Id) -> String {
        format!("{}/{id}", self.list())
    }
}

/// Where the keys of a service account are.
pub(crate) fn list_of(service: Id) -> String {
    format!("/dashboard/admin/service-accounts/{service}/tokens")
}

/// The account that the path names, or else one's own.
impl FromRequest for Keyring {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let member = Member::from_request(request, payload);
        let state = request.app_data::<Data<State>>().cloned();
        let account = request.match_info().get("account").map(str::parse::<Id>);
        Box::pin(async move {
            let member = member.await?;
            let owner = match (account, state) {
                (None, _) => member.account.clone(),
                (Some(Ok(id)), Some(state)) if member.account.role == Role::Admin => {
                    let read = move |connection: &mut _| service::get(connection, id);
                    state.database.read(read).await?
                }
                _ => return Err(Error::NotFound),
            };
            Ok(Self { owner, member })
        })
    }
}
