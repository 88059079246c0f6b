//! Beside the three: somebody who went and left a key to a service account, somebody who is invited,
//! and the accounts that are nobody's.

use crate::account::departure::{self, Heir, Plan};
use crate::account::lifecycle::{check_invited, create};
use crate::account::link::{Link, repository as links};
use crate::account::model::{Account, Role};
use crate::account::service;
use crate::account::{password, repository};
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::demo::keys::Traffic;
use crate::demo::people::{Accounts, PASSWORD, Who};
use crate::error::Error;
use crate::id::Id;
use crate::token::draft::Asked;
use crate::token::lifecycle::{Generated, Mint, generate};
use crate::token::lifetime::Lifetime;
use crate::token::model::Token;
use crate::token::terms::Terms;

/// The day somebody went, and the day somebody was invited.
pub(super) const LEFT: i64 = 40;
pub(super) const INVITED: i64 = 2;

/// What is used of their keys.
const DEPLOYING: Traffic = Traffic {
    address: "10.0.4.17",
    daily: (48, 6),
    quiet: Some(37),
    knocking: 0,
    burst: None,
};
const EXPORTING: Traffic = Traffic {
    address: "10.0.9.3",
    daily: (24, 24),
    quiet: Some(52),
    knocking: 0,
    burst: None,
};

/// Those who are needed later.
pub(super) struct Others {
    leaver: Account,
    heir: Id,
    left: Token,
    exporting: Token,
}

/// Whoever was there before everything else happened.
pub(super) fn begin(
    connection: &mut Connection,
    mint: &Mint,
    accounts: &Accounts,
    now: Instant,
) -> Result<Others, Error> {
    let mira = accounts.actor(Who::Mira);
    let person = check_invited("Noor Haddad", "noor@example.com")?;
    let hash = password::hash(&password::Password::from(PASSWORD.to_owned()))?;
    let at = now.plus_days(-239);
    let leaver = create(connection, &person, Role::Member, hash, &mira, at)?;
    repository::touch(connection, leaver.id, now.plus_days(-LEFT))?;
    let mut service = |name, purpose, at| {
        let draft = service::Draft::check(name, purpose, Some(accounts.of(Who::Mira).id))?;
        service::create(connection, draft, &mira, at)
    };
    let deployments = service(
        "Deployments",
        "Ships the website and the workers. Platform team.",
        now.plus_days(-238),
    )?;
    let billing = service(
        "Billing export",
        "Hands the day's figures to the accountants each night.",
        now.plus_days(-237),
    )?;
    let noor = Actor::user(leaver.id, &leaver.name, None);
    let mut key = |owner: &Account, name: &str, actor: &Actor, at: Instant| {
        let draft = Asked {
            name: name.to_owned(),
            environment: Some("production".to_owned()),
            ..Asked::default()
        };
        let terms = Terms::read(connection, owner)?;
        let draft = draft.check(Ok(Lifetime::Never), &terms, at)?;
        match generate(connection, mint, owner.id, draft, None, None, actor, at)? {
            Generated::New(token, _) => Ok(*token),
            Generated::Before(_) => Err(Error::NotFound),
        }
    };
    let left = key(&leaver, "Website deploy", &noor, now.plus_days(-236))?;
    key(&leaver, "Trying things out", &noor, now.plus_days(-235))?;
    let exporting = key(&billing, "Nightly export", &mira, now.plus_days(-234))?;
    key(&deployments, "Worker images", &mira, now.plus_days(-233))?;
    for (who, ago) in [(Who::Mira, 1), (Who::Jonas, 190), (Who::Aiko, 8_700)] {
        let at = now.plus_seconds(-ago * 60);
        repository::touch(connection, accounts.of(who).id, at)?;
    }
    Ok(Others {
        leaver,
        heir: deployments.id,
        left,
        exporting,
    })
}

impl Others {
    /// Somebody goes; production goes on.
    pub(super) fn leave(
        &self,
        connection: &mut Connection,
        mira: &Actor,
        at: Instant,
    ) -> Result<(), Error> {
        let plan = Plan {
            handed: vec![(self.left.family_id, Heir::Account(self.heir))],
            new: None,
        };
        departure::disable(connection, self.leaver.id, plan, mira, at).map(drop)
    }

    /// Somebody is invited. The link is known to nobody: it has to be made again.
    pub(super) fn invite(
        connection: &mut Connection,
        mira: &Actor,
        at: Instant,
    ) -> Result<(), Error> {
        let person = check_invited("Sam Rivera", "sam@example.com")?;
        let account = Account::invited(&person, Role::Member, at);
        repository::insert(connection, &account)?;
        let digest = account.id.as_str().as_bytes().to_vec();
        let link = Link {
            account_id: account.id,
            form_digest: digest.clone(),
            digest,
            created_at: at,
            expires_at: at.plus_days(crate::account::link::INVITATION_DAYS),
        };
        links::put(connection, &link)?;
        let detail = serde_json::json!({ "name": account.name, "email": account.email });
        let (action, id) = (Action::AccountInvite, Some(account.id));
        let event = Event::done(mira, action, id, id, &detail, at);
        crate::audit::repository::insert(connection, &event)
    }

    /// The keys that are used, and how much.
    pub(super) fn used(&self) -> [(Id, Traffic); 2] {
        [(self.left.id, DEPLOYING), (self.exporting.id, EXPORTING)]
    }
}
