//! What binds the keys of one account: the policy, and the scopes that may be granted. Whatever makes
//! a key or lets one do more comes through here, and so does the form that offers a choice.

use crate::account::model::{Account, Kind, Role};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::policy::{self, Policy, Rule, Settings};
use crate::text::counted;
use crate::token::draft::Draft;
use crate::token::lifetime::Lifetime;
use crate::token::model::Token;
use crate::token::repository::count_families;
use crate::token::scope::Scopes;
use crate::token::scope::repository::{self, Offer};

/// What binds the keys of one account.
#[derive(Clone, Debug)]
pub struct Terms {
    policy: Policy,
    is_member: bool,
    offers: Vec<Offer>,
    retired: Vec<Offer>,
}

impl Terms {
    /// The terms of an account, to be looked at.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read(connection: &mut Connection, owner: &Account) -> Result<Self, Error> {
        let policy = policy::repository::read(connection)?;
        Self::of(connection, policy, owner)
    }

    /// The terms of an account under a policy that the caller holds.
    ///
    /// # Errors
    /// Those of the database.
    pub fn of(connection: &mut Connection, policy: Policy, owner: &Account) -> Result<Self, Error> {
        let (offers, retired) = repository::divided(connection, owner)?;
        Ok(Self {
            policy,
            is_member: is_member(owner),
            offers,
            retired,
        })
    }

    /// Terms of a member under which these scopes can be granted, and of which no policy says more.
    #[must_use]
    pub fn open(scopes: &[String]) -> Self {
        let offer = |name: &String| Offer {
            name: name.clone(),
            description: String::new(),
        };
        Self {
            policy: Policy::default(),
            is_member: true,
            offers: scopes.iter().map(offer).collect(),
            retired: Vec::new(),
        }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The scopes that may be granted, and what each opens.
    pub fn offers(&self) -> impl Iterator<Item = &Offer> {
        let grantable =
            |offer: &&Offer| !self.is_member || self.policy.lets_members_grant(&offer.name);
        self.offers.iter().filter(grantable)
    }

    /// Whether there is a scope of this name that somebody may grant.
    #[must_use]
    pub fn knows(&self, scope: &str) -> bool {
        self.offers.iter().any(|offer| offer.name == scope)
    }

    /// The life of a key for which none is chosen.
    #[must_use]
    pub fn default_lifetime(&self) -> Lifetime {
        Lifetime::Days(self.policy.default_days)
    }

    /// What is against a key of these settings, made at `now`.
    #[must_use]
    pub fn faults(&self, draft: &Draft, now: Instant) -> FieldErrors {
        self.faults_of(draft, &Scopes::default(), now)
    }

    fn faults_of(&self, draft: &Draft, held: &Scopes, now: Instant) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for (rule, sentence) in self.policy.broken_by(Settings {
            is_member: self.is_member,
            scopes: &draft.scopes,
            environment: draft.environment,
            life: draft.expires_at.map(|end| end.seconds_since(now)),
        }) {
            errors.add(rule.field(), sentence);
        }
        if let Some(fault) = self.retired_fault(&draft.scopes, held) {
            errors.add(Rule::Scopes.field(), fault);
        }
        errors
    }

    /// Whether a key of these settings may be made at `now`.
    ///
    /// # Errors
    /// [`Error::Invalid`], naming every rule that it breaks.
    pub fn permit(&self, draft: &Draft, now: Instant) -> Result<(), Error> {
        self.faults(draft, now).or(())
    }

    /// The successor of a key, its end within the longest lifetime: a rotation that runs by itself
    /// goes on under a new rule. It keeps a retired scope, as whoever switches to it demands the same
    /// of it; taking that away is a step of its own.
    ///
    /// # Errors
    /// [`Error::Invalid`] where it would break another rule.
    pub fn successor(&self, mut draft: Draft, now: Instant) -> Result<Draft, Error> {
        let bound = draft.expires_at.is_none() || self.policy.longest_days.is_some();
        let days = self.policy.allowed_days().filter(|_| bound);
        let latest = days.map(|days| now.plus_days(days));
        draft.expires_at = [draft.expires_at, latest].into_iter().flatten().min();
        let held = draft.scopes.clone();
        self.faults_of(&draft, &held, now).or(draft)
    }

    /// Whether a key that holds some scopes may be given these.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that it does not hold and that cannot be granted.
    pub fn permit_scopes(&self, scopes: &Scopes, held: &Scopes) -> Result<(), Error> {
        let gained: Scopes = scopes.iter().filter(|one| !held.allow(one)).collect();
        let refused = self.policy.scopes_fault(&gained);
        match refused
            .filter(|_| self.is_member)
            .or_else(|| self.retired_fault(&gained, held))
        {
            Some(fault) => Err(Error::Invalid(FieldErrors::one(
                Rule::Scopes.field(),
                fault,
            ))),
            None => Ok(()),
        }
    }

    fn retired_fault(&self, scopes: &Scopes, held: &Scopes) -> Option<String> {
        let is_new = |one: &&str| held.iter().all(|other| other != *one);
        scopes
            .iter()
            .filter(is_new)
            .find(|one| self.retired.iter().any(|retired| retired.name == *one))
            .map(|one| format!("Your admins have retired \"{one}\": no key is given it"))
    }

    /// Whether the account has room for a key of this family. The account's row is to be locked
    /// before.
    ///
    /// # Errors
    /// [`Error::TooManyKeys`].
    pub fn room(
        &self,
        connection: &mut Connection,
        owner: Id,
        family: Id,
        now: Instant,
    ) -> Result<(), Error> {
        let most = self.policy.most_keys();
        if count_families(connection, owner, family, most, now)? < most {
            return Ok(());
        }
        let who = if self.policy.most_keys.is_some() {
            "Your admins allow at most"
        } else {
            "There can be at most"
        };
        let keys = counted(most, "active key");
        let sentence = format!("{who} {keys} an account. Revoke one that is not needed");
        Err(Error::TooManyKeys(sentence))
    }
}

/// What the rules look at in a key that is there.
#[must_use]
pub fn settings<'a>(token: &'a Token, owner: &Account) -> Settings<'a> {
    Settings {
        is_member: is_member(owner),
        scopes: &token.scopes,
        environment: token.environment,
        life: token
            .expires_at
            .map(|end| end.seconds_since(token.created_at)),
    }
}

fn is_member(owner: &Account) -> bool {
    owner.kind == Kind::User && owner.role == Role::Member
}
