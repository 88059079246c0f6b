//! One event of the audit trail.

use std::net::IpAddr;

use diesel::prelude::*;
use serde_json::Value;

use crate::clock::Instant;
use crate::db::schema::audit_events;
use crate::id::Id;

/// Who does something, and from where. Every change takes one.
#[derive(Clone, Debug)]
pub struct Actor {
    kind: &'static str,
    account: Option<Id>,
    name: String,
    session_id: Option<Id>,
    token_id: Option<Id>,
    address: Option<IpAddr>,
    request_id: Option<String>,
}

impl Actor {
    /// A person at the dashboard.
    #[must_use]
    pub fn user(account: Id, name: &str, session_id: Option<Id>) -> Self {
        Self {
            session_id,
            ..Self::of("user", Some(account), name)
        }
    }

    /// A program with a key.
    #[must_use]
    pub fn key(owner: Id, owner_name: &str, token_id: Id) -> Self {
        Self {
            token_id: Some(token_id),
            ..Self::of("key", Some(owner), owner_name)
        }
    }

    /// Somebody not yet known, such as one who tries to log in.
    #[must_use]
    pub fn nobody() -> Self {
        Self::of("nobody", None, "Nobody")
    }

    /// Whoever may run commands on the machine.
    #[must_use]
    pub fn command_line() -> Self {
        Self::of("command", None, "Command line")
    }

    /// The program itself, which keeps to what the admins have set.
    #[must_use]
    pub fn program() -> Self {
        Self::of("program", None, "DeskForge")
    }

    /// The same actor, seen at an address in the request of that id.
    #[must_use]
    pub fn at(self, address: IpAddr, request_id: &str) -> Self {
        Self {
            address: Some(address),
            request_id: Some(request_id.to_owned()),
            ..self
        }
    }

    /// The account that acts, where one does.
    #[must_use]
    pub fn account(&self) -> Option<Id> {
        self.account
    }

    fn of(kind: &'static str, account: Option<Id>, name: &str) -> Self {
        Self {
            kind,
            account,
            name: name.to_owned(),
            session_id: None,
            token_id: None,
            address: None,
            request_id: None,
        }
    }
}

/// What was done. The words are kept for ever: a new one may be added, none may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The first admin was made.
    SetUp,
    /// An account was made.
    AccountCreate,
    /// An account was disabled.
    AccountDisable,
    /// An account was enabled.
    AccountEnable,
    /// A person was invited, or invited again.
    AccountInvite,
    /// An invitation was called off.
    AccountCancel,
    /// An invited person chose a password.
    AccountJoin,
    /// A person was made an admin or a member.
    AccountRole,
    /// What a service account is called or for was changed.
    AccountChange,
    /// A one-time link was made, by which a person can choose a new password.
    PasswordLink,
    /// A password was changed.
    PasswordChange,
    /// Somebody logged in.
    LogIn,
    /// Somebody logged out.
    LogOut,
    /// A session was ended from another.
    SessionEnd,
    /// A key was generated.
    TokenGenerate,
    /// A key's settings changed.
    TokenChange,
    /// A key was revoked.
    TokenRevoke,
    /// Many keys were revoked at once.
    TokenRevokeMany,
    /// Somebody looked for the owner of a key.
    TokenFind,
    /// The inventory of keys was exported.
    InventoryExport,
    /// A successor was made for a key.
    TokenRotate,
    /// A successor was used for the first time, and ended the key before it.
    TokenSucceed,
    /// A key was paused.
    TokenPause,
    /// A key's pause was ended.
    TokenResume,
    /// Unusual activity of a key was called its owner's own.
    TokenAcknowledge,
    /// A key was handed to another account.
    TokenTransfer,
    /// A dead key was taken off its owner's list.
    TokenDelete,
    /// A project was created.
    ProjectCreate,
    /// A project was changed.
    ProjectChange,
    /// A project was deleted.
    ProjectDelete,
    /// A scope of the operator's own was added.
    ScopeAdd,
    /// What a scope opens was written anew.
    ScopeChange,
    /// A scope was retired: it is granted no more.
    ScopeRetire,
    /// A retired scope can be granted again.
    ScopeRestore,
    /// A scope was dropped from all keys that held it.
    ScopeDrop,
    /// A scope that no key held was deleted.
    ScopeDelete,
    /// The policy was changed.
    PolicyChange,
    /// A request asked for more than its key, or its sender, is allowed.
    Request,
    /// The list of all keys was looked at.
    InventoryView,
    /// The audit log was exported.
    AuditExport,
    /// The audit log was to be verified now.
    AuditVerify,
    /// A session ended by itself.
    SessionExpire,
}

impl Action {
    /// The word in the database and in exports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SetUp => "set_up",
            Self::AccountCreate => "account.create",
            Self::AccountDisable => "account.disable",
            Self::AccountEnable => "account.enable",
            Self::AccountInvite => "account.invite",
            Self::AccountCancel => "account.cancel",
            Self::AccountJoin => "account.join",
            Self::AccountRole => "account.role",
            Self::AccountChange => "account.change",
            Self::PasswordLink => "password.link",
            Self::PasswordChange => "password.change",
            Self::LogIn => "session.log_in",
            Self::LogOut => "session.log_out",
            Self::SessionEnd => "session.end",
            Self::TokenGenerate => "token.generate",
            Self::TokenChange => "token.change",
            Self::TokenRevoke => "token.revoke",
            Self::TokenRevokeMany => "token.revoke_many",
            Self::TokenFind => "token.find",
            Self::InventoryExport => "inventory.export",
            Self::TokenRotate => "token.rotate",
            Self::TokenSucceed => "token.succeed",
            Self::TokenPause => "token.pause",
            Self::TokenResume => "token.resume",
            Self::TokenAcknowledge => "token.acknowledge",
            Self::TokenTransfer => "token.transfer",
            Self::TokenDelete => "token.delete",
            Self::ProjectCreate => "project.create",
            Self::ProjectChange => "project.change",
            Self::ProjectDelete => "project.delete",
            Self::ScopeAdd => "scope.add",
            Self::ScopeChange => "scope.change",
            Self::ScopeRetire => "scope.retire",
            Self::ScopeRestore => "scope.restore",
            Self::ScopeDrop => "scope.drop",
            Self::ScopeDelete => "scope.delete",
            Self::PolicyChange => "policy.change",
            Self::Request => "request",
            Self::InventoryView => "inventory.view",
            Self::AuditExport => "audit.export",
            Self::AuditVerify => "audit.verify",
            Self::SessionExpire => "session.expire",
        }
    }

    /// What kind of thing it was done to.
    const fn subject(self) -> &'static str {
        match self {
            Self::SetUp
            | Self::AccountCreate
            | Self::AccountDisable
            | Self::AccountEnable
            | Self::AccountInvite
            | Self::AccountCancel
            | Self::AccountJoin
            | Self::AccountRole
            | Self::AccountChange
            | Self::PasswordLink
            | Self::PasswordChange => "account",
            Self::LogIn | Self::LogOut | Self::SessionEnd | Self::SessionExpire => "session",
            Self::TokenGenerate
            | Self::TokenChange
            | Self::TokenRevoke
            | Self::TokenRevokeMany
            | Self::TokenFind
            | Self::InventoryExport
            | Self::TokenRotate
            | Self::TokenSucceed
            | Self::TokenPause
            | Self::TokenResume
            | Self::TokenAcknowledge
            | Self::TokenTransfer
            | Self::TokenDelete => "token",
            Self::ProjectCreate | Self::ProjectChange | Self::ProjectDelete => "project",
            Self::ScopeAdd
            | Self::ScopeChange
            | Self::ScopeRetire
            | Self::ScopeRestore
            | Self::ScopeDrop
            | Self::ScopeDelete => "scope",
            Self::PolicyChange => "policy",
            Self::Request => "route",
            Self::InventoryView => "inventory",
            Self::AuditExport | Self::AuditVerify => "audit",
        }
    }
}

/// An event as the database keeps it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub struct Event {
    /// Its id; later events have later ids.
    pub id: Id,
    /// When it happened.
    pub at: Instant,
    /// `user`, `key`, `command`, `program` or `nobody`.
    pub actor_kind: String,
    /// The account that acted.
    pub actor_id: Option<Id>,
    /// Its name then.
    pub actor_name: String,
    /// The session it acted in.
    pub session_id: Option<Id>,
    /// The key it acted with.
    pub token_id: Option<Id>,
    /// The address it acted from.
    pub address: Option<String>,
    /// The request it acted in.
    pub request_id: Option<String>,
    /// What was done.
    pub action: String,
    /// What kind of thing it was done to.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Option<Id>,
    /// The account that the thing belongs to.
    pub account_id: Option<Id>,
    /// `done` or `denied`.
    pub result: String,
    /// What changed, as a JSON object without any secret.
    pub detail: String,
}

impl Event {
    /// `actor` did `action` to the thing `subject`, which belongs to `account`.
    #[must_use]
    pub fn done(
        actor: &Actor,
        action: Action,
        subject: Option<Id>,
        account: Option<Id>,
        detail: &Value,
        now: Instant,
    ) -> Self {
        Self::new(actor, action, subject, account, detail, "done", now)
    }

    /// `actor` tried `action` on the thing `subject` and was not allowed to.
    #[must_use]
    pub fn denied(
        actor: &Actor,
        action: Action,
        subject: Option<Id>,
        account: Option<Id>,
        detail: &Value,
        now: Instant,
    ) -> Self {
        Self::new(actor, action, subject, account, detail, "denied", now)
    }

    fn new(
        actor: &Actor,
        action: Action,
        subject: Option<Id>,
        account: Option<Id>,
        detail: &Value,
        result: &str,
        now: Instant,
    ) -> Self {
        Self {
            id: Id::new(),
            at: now,
            actor_kind: actor.kind.to_owned(),
            actor_id: actor.account,
            actor_name: actor.name.clone(),
            session_id: actor.session_id,
            token_id: actor.token_id,
            address: actor.address.map(|address| address.to_string()),
            request_id: actor.request_id.clone(),
            action: action.as_str().to_owned(),
            subject_kind: action.subject().to_owned(),
            subject_id: subject,
            account_id: account,
            result: result.to_owned(),
            detail: detail.to_string(),
        }
    }
}
