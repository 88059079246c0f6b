//! Logging in: one answer, and the same work, for an unknown e-mail address, a disabled account
//! and a wrong password.

use std::net::IpAddr;

use serde_json::json;

use crate::account::email;
use crate::account::model::Account;
use crate::account::password::{self, Password, Passwords};
use crate::account::repository;
use crate::account::throttle::{self, Subjects};
use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Clock;
use crate::db::Database;
use crate::error::Error;
use crate::id::Id;
use crate::secret_key::MacKey;

/// All that logging in needs.
#[derive(Clone)]
pub struct Doorkeeper {
    database: Database,
    passwords: Passwords,
    clock: Clock,
    throttle_key: MacKey,
}

/// Where a log-in comes from and what will be known of it if it is right.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The client's address.
    pub address: IpAddr,
    /// The request's id.
    pub request_id: String,
    /// The id that the new session will have.
    pub session_id: Id,
}

impl Doorkeeper {
    /// One that counts failures under digests made with `throttle_key`.
    #[must_use]
    pub fn new(
        database: Database,
        passwords: Passwords,
        clock: Clock,
        throttle_key: MacKey,
    ) -> Self {
        Self {
            database,
            passwords,
            clock,
            throttle_key,
        }
    }

    /// The account that these words open.
    ///
    /// # Errors
    /// [`Error::LogInRefused`]; [`Error::Throttled`] after too many of them.
    pub async fn log_in(
        &self,
        email: &str,
        password: Password,
        attempt: Attempt,
    ) -> Result<Account, Error> {
        let canonical = email::canonical(email);
        let subjects = Subjects::new(&self.throttle_key, &canonical, attempt.address);
        let found = self.admit(canonical, subjects.clone()).await?;
        let stored = found
            .as_ref()
            .filter(|account| account.disabled_at.is_none())
            .and_then(|account| account.password_hash.clone());
        let outdated = stored.as_deref().is_some_and(password::is_outdated);
        let right = self.passwords.verify(password.clone(), stored).await?;
        match found {
            Some(account) if right => {
                let rehashed = if outdated {
                    Some(self.passwords.hash(password).await?)
                } else {
                    None
                };
                self.accept(account, rehashed, subjects, attempt).await
            }
            found => self.refuse(found, attempt).await,
        }
    }

    /// Whether `password` is that of somebody who is logged in already. Counted as a log-in is: a
    /// session left open is no way to unlimited guesses.
    ///
    /// # Errors
    /// [`Error::Throttled`] after too many wrong ones.
    pub async fn confirm(
        &self,
        account: &Account,
        password: Password,
        address: IpAddr,
    ) -> Result<bool, Error> {
        let canonical = account.email_canonical.clone().unwrap_or_default();
        let subjects = Subjects::new(&self.throttle_key, &canonical, address);
        self.admit(canonical, subjects.clone()).await?;
        let stored = account.password_hash.clone();
        let right = self.passwords.verify(password, stored).await?;
        if right {
            self.database
                .write(move |connection| throttle::forgive(connection, &subjects))
                .await?;
        }
        Ok(right)
    }

    async fn admit(&self, canonical: String, subjects: Subjects) -> Result<Option<Account>, Error> {
        let now = self.clock.now();
        self.database
            .write(move |connection| {
                throttle::admit(connection, &subjects, now)?;
                repository::by_email(connection, &canonical)
            })
            .await
    }

    async fn accept(
        &self,
        account: Account,
        rehashed: Option<String>,
        subjects: Subjects,
        attempt: Attempt,
    ) -> Result<Account, Error> {
        let now = self.clock.now();
        self.database
            .write(move |connection| {
                throttle::forgive(connection, &subjects)?;
                if let Some(hash) = rehashed {
                    repository::set_password(connection, account.id, &hash, now)?;
                }
                repository::touch(connection, account.id, now)?;
                let actor = Actor::user(account.id, &account.name, Some(attempt.session_id))
                    .at(attempt.address, &attempt.request_id);
                let event = Event::done(
                    &actor,
                    Action::LogIn,
                    Some(attempt.session_id),
                    Some(account.id),
                    &json!({}),
                    now,
                );
                audit::repository::insert(connection, &event)?;
                Ok(account)
            })
            .await
    }

    async fn refuse(&self, found: Option<Account>, attempt: Attempt) -> Result<Account, Error> {
        let now = self.clock.now();
        self.database
            .write(move |connection| {
                let actor = Actor::nobody().at(attempt.address, &attempt.request_id);
                let account = found.map(|account| account.id);
                let event = Event::denied(&actor, Action::LogIn, None, account, &json!({}), now);
                audit::repository::insert(connection, &event)
            })
            .await?;
        Err(Error::LogInRefused)
    }
}
