//! The rules that the admins set, and the scopes of their own: every face keeps to them.

mod limit;
mod passwords;
mod preview;
mod remedies;
mod rules;
mod scopes;
mod sessions;
mod unused;

use deskforge::audit::event::Actor;
use deskforge::policy::{self, Policy, Rule};
use deskforge::token::breach::{self, Applied, Remedy};

use crate::harness::{Browser, Form, TestServer};

/// Where the policy is.
pub(crate) const POLICY: &str = "/dashboard/admin/policy";
/// Where it is asked what becomes of the keys that break it.
const BROKEN: &str = "/dashboard/admin/policy/broken";
/// Where keys are listed and generated.
const LIST: &str = "/dashboard/settings/tokens";

/// Sets rules, and leaves the keys that break them.
pub(crate) fn set(server: &TestServer, change: impl FnOnce(&mut Policy)) {
    let now = server.now();
    let applied = server.state().database.write_now(|connection| {
        let mut wanted = policy::repository::read(connection)?;
        change(&mut wanted);
        let left = Rule::ALL.map(|rule| (rule, Remedy::Leave));
        breach::apply(connection, wanted, &left, &Actor::command_line(), now)
    });
    assert!(matches!(applied.unwrap(), Applied::Saved(_)));
}

/// The form of the policy, filled in.
async fn form(browser: &mut Browser) -> Form {
    browser.open(POLICY).await.form(POLICY)
}

/// How many events of an action there are.
fn events(server: &TestServer, action: &str) -> i64 {
    server.number(&format!(
        "SELECT count(*) AS number FROM audit_events WHERE action = '{action}'"
    ))
}
