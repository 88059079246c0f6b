//! How the operator's own scopes come and go. Each change and its event are one transaction, which
//! nobody grants a scope in: whoever does holds the policy.

use serde_json::json;

use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::{Error, FieldErrors};
use crate::policy;
use crate::text;
use crate::token::scope::repository::{self, Own};
use crate::token::scope::{Scope, is_own_name};
use crate::token::withdrawal::{self, Act, Order};

/// The most characters of what a scope opens.
const SENTENCE: usize = 200;

/// Adds a scope.
///
/// # Errors
/// [`Error::Invalid`], naming every fault.
pub fn add(
    connection: &mut Connection,
    name: &str,
    sentence: &str,
    actor: &Actor,
    now: Instant,
) -> Result<Own, Error> {
    policy::repository::lock(connection)?;
    let mut errors = FieldErrors::default();
    let name = name.trim();
    let is_built_in = Scope::ALL.into_iter().any(|scope| scope.name() == name);
    if is_built_in {
        let fault = format!("\"{name}\" is built in. Choose another name");
        errors.add("name", fault);
    } else if !is_own_name(name) {
        let fault = "Enter two words of small letters, digits and hyphens with a colon between, such \
                     as invoices:read";
        errors.add("name", fault);
    } else if repository::list(connection)?
        .iter()
        .any(|own| own.name == name)
    {
        let fault = format!("There is a scope \"{name}\" already");
        errors.add("name", fault);
    }
    let sentence = errors.take("description", check_sentence(sentence));
    errors.or(())?;
    repository::insert(connection, name, &sentence, now)?;
    let detail = json!({ "name": name, "description": sentence });
    record(connection, actor, Action::ScopeAdd, &detail, now)?;
    repository::get(connection, name)
}

/// Writes anew what a scope opens.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a sentence that cannot be taken.
pub fn describe(
    connection: &mut Connection,
    name: &str,
    sentence: &str,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    policy::repository::lock(connection)?;
    let before = repository::get(connection, name)?.description;
    let sentence = check_sentence(sentence)
        .map_err(|fault| Error::Invalid(FieldErrors::one("description", fault)))?;
    repository::describe(connection, name, &sentence)?;
    let detail = json!({
        "name": name,
        "before": { "description": before },
        "after": { "description": sentence },
    });
    record(connection, actor, Action::ScopeChange, &detail, now)
}

/// Retires a scope: it is offered and granted no more, and the keys that hold it keep it. Retiring
/// again changes nothing.
///
/// # Errors
/// [`Error::NotFound`].
pub fn retire(
    connection: &mut Connection,
    name: &str,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    policy::repository::lock(connection)?;
    if repository::get(connection, name)?.retired_at.is_some() {
        return Ok(());
    }
    repository::set_retired(connection, name, Some(now))?;
    let detail = json!({ "name": name });
    record(connection, actor, Action::ScopeRetire, &detail, now)
}

/// Offers a retired scope again. One that is not retired stays as it is.
///
/// # Errors
/// [`Error::NotFound`].
pub fn restore(
    connection: &mut Connection,
    name: &str,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    policy::repository::lock(connection)?;
    if repository::get(connection, name)?.retired_at.is_none() {
        return Ok(());
    }
    repository::set_retired(connection, name, None)?;
    let detail = json!({ "name": name });
    record(connection, actor, Action::ScopeRestore, &detail, now)
}

/// Takes a scope from every key that holds it; gives from how many.
///
/// # Errors
/// [`Error::NotFound`].
pub fn drop_from_all(
    connection: &mut Connection,
    name: &str,
    actor: &Actor,
    now: Instant,
) -> Result<usize, Error> {
    policy::repository::lock(connection)?;
    repository::get(connection, name)?;
    let holders = repository::holders(connection, name, now)?;
    let orders = holders.into_iter().map(|(owner, id, _)| Order {
        owner,
        id,
        act: Act::Drop(name.to_owned()),
    });
    let done = withdrawal::carry_out(connection, orders.collect(), actor, now)?;
    let detail = json!({ "name": name, "tokens": done.changed });
    record(connection, actor, Action::ScopeDrop, &detail, now)?;
    Ok(done.changed)
}

/// Deletes a scope that no live key holds.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] while a live key holds it.
pub fn delete(
    connection: &mut Connection,
    name: &str,
    actor: &Actor,
    now: Instant,
) -> Result<(), Error> {
    policy::repository::lock(connection)?;
    let own = repository::get(connection, name)?;
    if !repository::holders(connection, name, now)?.is_empty() {
        return Err(Error::Conflict("Keys hold this scope. Retire it"));
    }
    repository::delete(connection, name)?;
    let detail = json!({ "name": name, "description": own.description });
    record(connection, actor, Action::ScopeDelete, &detail, now)
}

fn check_sentence(sentence: &str) -> Result<String, String> {
    let sentence = text::line("What it opens", sentence, SENTENCE)?;
    if sentence.is_empty() {
        return Err("Say what it opens".to_owned());
    }
    Ok(sentence)
}

fn record(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    detail: &serde_json::Value,
    now: Instant,
) -> Result<(), Error> {
    let event = Event::done(actor, action, None, None, detail, now);
    audit::repository::insert(connection, &event)
}
