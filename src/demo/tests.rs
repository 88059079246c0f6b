use std::collections::BTreeSet;

use super::*;
use crate::account;
use crate::account::password::{Password, Passwords};
use crate::audit;
use crate::audit::key::AuditKey;
use crate::config::DatabaseUrl;
use crate::db::Database;
use crate::secret_key::SecretKey;
use crate::token::attention::{Cause, needs};
use crate::token::list::{Filter, Order, Start};
use crate::token::model::{Status, Token};
use crate::token::unusual::Kind;
use crate::token::usage::repository::days_of_account;

struct Demo {
    database: Database,
    shown: Secret,
    secret_key: SecretKey,
    directory: Directory,
}

fn now() -> Instant {
    Instant::parse("2026-11-27T14:03:00Z").unwrap()
}

fn demo() -> Demo {
    let directory = Directory::create().unwrap();
    let url = DatabaseUrl::Sqlite(directory.path().join("demo.db"));
    let database = Database::open(&url).unwrap();
    let secret_key = SecretKey::create(&directory.path().join("secret.key")).unwrap();
    audit::ledger::keep(&database, &AuditKey::of(&secret_key)).unwrap();
    let mint = Mint::new("df".parse().unwrap(), &secret_key);
    let shown = database
        .write_now(|connection| fill(connection, &mint, now()))
        .unwrap();
    Demo {
        database,
        shown,
        secret_key,
        directory,
    }
}

impl Demo {
    fn keys(&self) -> Vec<Token> {
        let page = self.database.read_now(|connection| {
            token::list::repository::page(
                connection,
                Whose::Everyone,
                &Filter::default(),
                Order::default(),
                Start::Offset(0),
                1_000,
                now(),
            )
        });
        page.unwrap().into_iter().map(|owned| owned.token).collect()
    }

    fn days(&self) -> Vec<(i32, i64, i64)> {
        let mut days = Vec::new();
        for owner in self
            .keys()
            .iter()
            .map(|key| key.owner_id)
            .collect::<BTreeSet<_>>()
        {
            let read = self
                .database
                .read_now(|connection| days_of_account(connection, owner, 0));
            days.extend(read.unwrap());
        }
        days
    }
}

#[test]
fn every_state_and_every_warning_of_a_key_is_there() {
    let keys = demo().keys();
    let any = |test: &dyn Fn(&Token) -> bool| assert!(keys.iter().any(test));
    for status in Status::ALL {
        any(&|key| key.status(now()) == status);
    }
    let active = |key: &Token| key.status(now()) == Status::Active;
    any(&|key| key.paused_at.is_some() && key.paused_until.is_none());
    any(&|key| key.paused_until.is_some_and(|end| end > now()));
    any(&|key| active(key) && key.last_used_at.is_none());
    any(&|key| active(key) && key.last_used_at.is_some_and(|at| at < now().plus_days(-90)));
    any(&|key| active(key) && key.expires_at.is_some_and(|end| end < now().plus_days(14)));
    any(&|key| active(key) && key.expires_at.is_none());
    any(&|key| active(key) && key.created_at < now().plus_days(-90));
    any(&|key| key.revoked_reason.as_deref() == Some("Compromised"));
    any(&|key| key.replaces.is_some() && key.replaced_by.is_some() && active(key));
    any(&|key| key.deleted_at.is_some());
    for environment in crate::token::environment::Environment::ALL {
        any(&|key| key.environment == environment);
    }
    any(&|key| key.name.chars().count() == 100 && !key.name.is_ascii());
}

#[test]
fn every_kind_of_unusual_activity_and_every_need_is_there() {
    let demo = demo();
    let owner = demo
        .keys()
        .iter()
        .find(|key| key.name == "Production API")
        .map(|key| key.owner_id)
        .unwrap();
    let needs = demo
        .database
        .read_now(|connection| needs(connection, owner, now()))
        .unwrap();
    let any = |test: &dyn Fn(&Cause) -> bool| needs.iter().any(|need| test(&need.cause));
    for kind in Kind::ALL {
        assert!(
            any(&|cause| matches!(cause, Cause::Unusual(finding) if finding.kind == kind)),
            "{kind:?}"
        );
    }
    assert!(any(&|cause| matches!(cause, Cause::Leaked)));
    assert!(any(&|cause| matches!(cause, Cause::Rotation(_))));
    assert!(any(&|cause| matches!(cause, Cause::StillCalled(_))));
    assert!(any(&|cause| matches!(cause, Cause::PauseEnds(_))));
    assert!(any(&|cause| matches!(cause, Cause::Expires(_))));
    assert!(any(&|cause| matches!(cause, Cause::OftenRefused(_))));
    assert!(any(&|cause| matches!(cause, Cause::Old)));
}

#[test]
fn keys_are_listed_in_the_order_in_which_they_were_generated() {
    let keys = demo().keys();
    assert!(keys.is_sorted_by(|newer, older| newer.created_at >= older.created_at));
    assert!(keys.iter().all(|key| key.created_at < now()));
    assert!(
        keys.iter()
            .all(|key| key.last_used_at.is_none_or(|at| at > key.created_at))
    );
}

#[test]
fn the_key_that_is_shown_works() {
    let demo = demo();
    let digest = demo
        .shown
        .digest(&token::lifecycle::digest_key(&demo.secret_key));
    let found = demo.database.read_now(|connection| {
        let rows = token::epoch::repository::by_digests(connection, &[digest])?;
        token::repository::get(connection, Whose::Everyone, rows[0].id)
    });
    let token = found.unwrap().token;
    assert_eq!(token.status(now()), Status::Active);
    assert!(token.scopes.allow("projects:read"));
}

#[test]
fn everybody_logs_in_with_the_password_that_is_told() {
    let demo = demo();
    let passwords = Passwords::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for who in Who::ALL {
        let found = demo
            .database
            .read_now(|connection| account::repository::by_email(connection, who.email()));
        let account = found.unwrap().unwrap();
        assert_eq!(account.role, who.role());
        let password = Password::from(PASSWORD.to_owned());
        let verified = passwords.verify(password, account.password_hash);
        assert!(runtime.block_on(verified).unwrap());
    }
}

#[test]
fn the_same_instant_gives_the_same_demo() {
    let facts = |demo: &Demo| -> Vec<_> {
        demo.keys()
            .into_iter()
            .map(|key| (key.name, key.created_at, key.expires_at, key.last_used_at))
            .collect()
    };
    let (one, other) = (demo(), demo());
    assert_eq!(facts(&one), facts(&other));
    // People's ids differ, and with them the order of their days.
    let sorted = |demo: &Demo| {
        let mut days = demo.days();
        days.sort_unstable();
        days
    };
    assert_eq!(sorted(&one), sorted(&other));
}

#[test]
fn ninety_days_of_use_end_today() {
    let days: BTreeSet<i32> = demo().days().into_iter().map(|(day, _, _)| day).collect();
    let days: BTreeSet<i32> = days
        .into_iter()
        .filter(|day| *day > now().day() - 90)
        .collect();
    assert_eq!(days.len(), 90);
    assert_eq!(days.last(), Some(&now().day()));
}

#[test]
fn nothing_is_left_of_a_demo_that_ended() {
    let demo = demo();
    let path = demo.directory.path().to_owned();
    assert!(path.exists());
    drop(demo);
    assert!(!path.exists());
}
