//! The shortest password is asked for when one is next chosen.

use super::set;
use crate::harness::{Engine, PASSWORD, Program, TestServer, on_each_engine};

on_each_engine!(a_longer_password_is_demanded_when_one_is_next_chosen);

const SECURITY: &str = "/dashboard/settings/security";

async fn a_longer_password_is_demanded_when_one_is_next_chosen(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    set(&server, |policy| policy.shortest_password = 30);
    // The one there is opens the door as before.
    let mut browser = server.logged_in(&mira).await;
    let page = browser.open(SECURITY).await;
    let hint = "30 characters or more. A sentence works well.";
    assert_eq!(page.text("#new_password-hint"), hint);
    let form = page.form(SECURITY).with("current_password", PASSWORD);
    let told = "Password must be 30 characters or more";
    let short = form
        .clone()
        .with("new_password", "eleven loud kettles sing now!");
    let page = browser.send(&short).await.must_be(422, SECURITY);
    assert!(page.words().contains(told));
    let long = form.with("new_password", "eleven loud kettles sing today");
    browser.send(&long).await.must_be(200, SECURITY);

    for words in [
        "user set-password mira@example.com --password-stdin",
        "user create --email new@example.com --name New --password-stdin",
    ] {
        let words: Vec<_> = words.split(' ').collect();
        let run = Program::on(server.place(), &words).input("seven quiet lanterns glow");
        run.finish().must_fail(1, told);
    }
}
