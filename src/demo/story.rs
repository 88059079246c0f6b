//! How the demo comes about: every scene is played in the order of time, as ids sort by when they
//! are made, and lists of things are in the order of ids.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::demo::keys::{self, Fate, SHOWN, Sample};
use crate::demo::others::Others;
use crate::demo::people::{Accounts, Who};
use crate::demo::timeline::Scene;
use crate::demo::{projects, repository};
use crate::error::Error;
use crate::id::Id;
use crate::project;
use crate::project::model::{Change as ProjectChange, Draft as ProjectDraft};
use crate::token::change::{self, Change};
use crate::token::draft::{Asked, Draft};
use crate::token::epoch;
use crate::token::lifecycle::{self, Generated, Mint};
use crate::token::lifetime::Lifetime;
use crate::token::pause;
use crate::token::repository::{self as tokens, Whose};
use crate::token::secret::Secret;
use crate::token::terms::Terms;

/// What has come about so far.
pub(super) struct Story<'a> {
    pub(super) connection: &'a mut Connection,
    pub(super) mint: &'a Mint,
    pub(super) accounts: &'a Accounts,
    others: &'a Others,
    pub(super) now: Instant,
    /// The keys by their place in the list.
    pub(super) keys: BTreeMap<usize, Id>,
    projects: BTreeMap<usize, Id>,
    /// The key that is printed.
    pub(super) shown: Option<Secret>,
}

impl<'a> Story<'a> {
    /// One in which there are people, and nothing has happened.
    pub(super) fn new(
        connection: &'a mut Connection,
        mint: &'a Mint,
        accounts: &'a Accounts,
        others: &'a Others,
        now: Instant,
    ) -> Self {
        Self {
            connection,
            mint,
            accounts,
            others,
            now,
            keys: BTreeMap::new(),
            projects: BTreeMap::new(),
            shown: None,
        }
    }

    /// Plays one scene.
    pub(super) fn play(&mut self, scene: Scene, at: Instant) -> Result<(), Error> {
        match scene {
            Scene::Generate(place, key) => self.generate(place, &key, at),
            Scene::Fulfil(place, key) => self.fulfil(place, &key, at),
            Scene::Deny(place, key) => self.deny(place, &key, at),
            Scene::Create(place, project) => self.create(place, &project, at),
            Scene::Describe(place, project) => self.describe(place, &project, at),
            Scene::LogIn(who) => self.log_in(who, at),
            Scene::Mistype(who) => self.mistype(who, at),
            Scene::Leave => {
                let mira = self.accounts.actor(Who::Mira);
                self.others.leave(self.connection, &mira, at)
            }
            Scene::Invite => {
                let mira = self.accounts.actor(Who::Mira);
                Others::invite(self.connection, &mira, at)
            }
        }
    }

    fn generate(&mut self, place: usize, sample: &Sample, at: Instant) -> Result<(), Error> {
        let owner = self.accounts.of(sample.owner);
        let terms = Terms::read(self.connection, owner)?;
        let lifetime = sample.life.map_or(Lifetime::Never, Lifetime::Days);
        let draft = asked(sample).check(Ok(lifetime), &terms, at)?;
        let actor = self.accounts.actor(sample.owner);
        let (id, secret) = if sample.follows {
            self.succeed(place, owner.id, draft, &actor, at)?
        } else {
            match lifecycle::generate(
                self.connection,
                self.mint,
                owner.id,
                draft,
                None,
                None,
                &actor,
                at,
            )? {
                Generated::New(token, secret) => (token.id, secret),
                Generated::Before(_) => return Err(Error::NotFound),
            }
        };
        self.keys.insert(place, id);
        if sample.name == SHOWN {
            self.shown = Some(secret);
        }
        Ok(())
    }

    /// The key takes the place of the one before it in the list, under the same name.
    fn succeed(
        &mut self,
        place: usize,
        owner: Id,
        draft: Draft,
        actor: &Actor,
        at: Instant,
    ) -> Result<(Id, Secret), Error> {
        let before = self.key(place.wrapping_sub(1))?;
        let before = tokens::get(self.connection, Whose::Everyone, before)?.token;
        let (mut token, secret) = self.mint.make(owner, draft, owner, at)?;
        token.family_id = before.family_id;
        token.replaces = Some(before.id);
        tokens::insert(self.connection, &token)?;
        repository::succeed(self.connection, before.id, token.id)?;
        epoch::advance(self.connection, &[token.id])?;
        let detail = json!({ "after": { "name": token.name, "replaces": before.id } });
        self.record(actor, Action::TokenGenerate, token.id, owner, &detail, at)?;
        Ok((token.id, secret))
    }

    fn fulfil(&mut self, place: usize, sample: &Sample, at: Instant) -> Result<(), Error> {
        let id = self.key(place)?;
        let owner = self.accounts.of(sample.owner).id;
        let actor = self.accounts.actor(sample.owner);
        match sample.fate {
            Fate::Lives => {}
            Fate::Paused { hours, .. } => {
                let until = hours.map(|hours| self.now.plus_seconds(hours * 3_600));
                pause::pause(
                    self.connection,
                    Whose::Account(owner),
                    id,
                    until,
                    &actor,
                    at,
                )?;
            }
            Fate::Revoked { by, reason, .. } => {
                let actor = self.accounts.actor(by);
                lifecycle::revoke(self.connection, Whose::Everyone, id, reason, &actor, at)?;
            }
            Fate::Overtaken { hours, .. } => {
                let end = self.now.plus_seconds(hours * 3_600);
                let change = Change {
                    expires_at: Some(Lifetime::Until(end)),
                    ..Change::default()
                };
                let keys = Whose::Account(owner);
                change::change(self.connection, keys, id, change, None, &actor, at)?;
            }
            Fate::Deleted { .. } => {
                lifecycle::delete(self.connection, Whose::Account(owner), id, &actor, at)?;
            }
        }
        Ok(())
    }

    fn deny(&mut self, place: usize, sample: &Sample, at: Instant) -> Result<(), Error> {
        let owner = self.accounts.of(sample.owner).id;
        let actor = self.accounts.key(sample, self.key(place)?);
        let detail = json!({ "method": "POST", "route": "/projects", "error": "scope_missing" });
        let event = Event::denied(&actor, Action::Request, None, Some(owner), &detail, at);
        audit::repository::insert(self.connection, &event)
    }

    fn create(
        &mut self,
        place: usize,
        sample: &projects::Sample,
        at: Instant,
    ) -> Result<(), Error> {
        let owner = self.accounts.of(sample.owner).id;
        let actor = self.creator(sample)?;
        // Those that change later begin without a description.
        let description = sample.changed.map_or(sample.description, |_| "");
        let draft = ProjectDraft::check(sample.name, description)?;
        let project = project::lifecycle::create(self.connection, owner, draft, &actor, at)?;
        self.projects.insert(place, project.id);
        Ok(())
    }

    fn describe(
        &mut self,
        place: usize,
        sample: &projects::Sample,
        at: Instant,
    ) -> Result<(), Error> {
        let id = self.projects.get(&place).copied().ok_or(Error::NotFound)?;
        let owner = self.accounts.of(sample.owner).id;
        let actor = self.accounts.actor(sample.owner);
        let change = ProjectChange {
            description: Some(sample.description.to_owned()),
            ..ProjectChange::default()
        };
        project::lifecycle::change(self.connection, owner, id, &change, &actor, at)?;
        Ok(())
    }

    /// The person a project belongs to, or the key that created it for them.
    fn creator(&self, sample: &projects::Sample) -> Result<Actor, Error> {
        let key = keys::all()
            .into_iter()
            .enumerate()
            .find(|(_, key)| Some(key.name) == sample.by);
        match key {
            Some((place, key)) => Ok(self.accounts.key(&key, self.key(place)?)),
            None => Ok(self.accounts.actor(sample.owner)),
        }
    }

    fn log_in(&mut self, who: Who, at: Instant) -> Result<(), Error> {
        let (actor, id) = (self.accounts.actor(who), self.accounts.of(who).id);
        let event = Event::done(&actor, Action::LogIn, None, Some(id), &json!({}), at);
        audit::repository::insert(self.connection, &event)
    }

    fn mistype(&mut self, who: Who, at: Instant) -> Result<(), Error> {
        let (actor, id) = (Accounts::stranger(who), self.accounts.of(who).id);
        let event = Event::denied(&actor, Action::LogIn, None, Some(id), &json!({}), at);
        audit::repository::insert(self.connection, &event)
    }

    fn key(&self, place: usize) -> Result<Id, Error> {
        self.keys.get(&place).copied().ok_or(Error::NotFound)
    }

    fn record(
        &mut self,
        actor: &Actor,
        action: Action,
        key: Id,
        owner: Id,
        detail: &Value,
        at: Instant,
    ) -> Result<(), Error> {
        let event = Event::done(actor, action, Some(key), Some(owner), detail, at);
        audit::repository::insert(self.connection, &event)
    }
}

fn asked(sample: &Sample) -> Asked {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Asked {
        name: sample.name.to_owned(),
        note: sample.note.to_owned(),
        environment: Some(sample.environment.to_owned()),
        scopes: Some(owned(sample.scopes)),
        allowed_cidrs: owned(sample.allowed_cidrs),
        locations: owned(sample.locations),
    }
}
