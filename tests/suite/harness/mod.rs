//! What the tests stand on: servers, and those who talk to them.

mod answer;
mod browser;
mod chromium;
mod client;
mod engine;
mod hand;
mod page;
mod people;
mod program;
mod proxy;
mod raw;
mod server;
mod sql;
mod watch;

pub(crate) use answer::Answer;
pub(crate) use browser::Browser;
pub(crate) use chromium::Chromium;
pub(crate) use client::Client;
pub(crate) use engine::{Engine, Place};
pub(crate) use hand::Hand;
pub(crate) use page::{Form, Page, without_proofs};
pub(crate) use people::{Key, PASSWORD, Person, draft, lines, scopes};
pub(crate) use program::{Program, Serving};
pub(crate) use proxy::Proxy;
pub(crate) use raw::finish;
pub(crate) use server::TestServer;
pub(crate) use sql::STAMP_ALL;
pub(crate) use watch::judged;

/// Tells a test's story to its end.
pub(crate) fn run(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(story);
}

/// Makes two tests of each story: `sqlite::name` and `postgres::name`.
macro_rules! on_each_engine {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                $crate::harness::run(super::$name($crate::harness::Engine::Sqlite));
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                $crate::harness::run(super::$name($crate::harness::Engine::Postgres));
            })+
        }
    };
}
pub(crate) use on_each_engine;
