//! How projects come, change and go. Each change and its event are one transaction.

use serde_json::{Value, json};

use crate::audit;
use crate::audit::event::{Action, Actor, Event};
use crate::clock::Instant;
use crate::db::Connection;
use crate::error::Error;
use crate::id::Id;
use crate::project::model::{Change, Draft, Project};
use crate::project::repository;

/// Creates a project for the owner.
///
/// # Errors
/// Those of the database.
pub fn create(
    connection: &mut Connection,
    owner: Id,
    draft: Draft,
    actor: &Actor,
    now: Instant,
) -> Result<Project, Error> {
    let project = Project {
        id: Id::new(),
        owner_id: owner,
        name: draft.name,
        description: draft.description,
        created_at: now,
        updated_at: now,
    };
    repository::insert(connection, &project)?;
    record(
        connection,
        actor,
        Action::ProjectCreate,
        &project,
        &json!({ "name": project.name }),
        now,
    )?;
    Ok(project)
}

/// Changes a project of the owner; gives it as it is then.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`], naming every fault.
pub fn change(
    connection: &mut Connection,
    owner: Id,
    id: Id,
    change: &Change,
    actor: &Actor,
    now: Instant,
) -> Result<Project, Error> {
    let before = repository::get(connection, owner, id)?;
    let draft = Draft::check(
        change.name.as_ref().unwrap_or(&before.name),
        change.description.as_ref().unwrap_or(&before.description),
    )?;
    repository::update(connection, owner, id, &draft, now)?;
    let after = repository::get(connection, owner, id)?;
    let detail = json!({
        "before": { "name": before.name, "description": before.description },
        "after": { "name": after.name, "description": after.description },
    });
    record(
        connection,
        actor,
        Action::ProjectChange,
        &after,
        &detail,
        now,
    )?;
    Ok(after)
}

/// Deletes a project of the owner.
///
/// # Errors
/// [`Error::NotFound`].
pub fn delete(
    connection: &mut Connection,
    owner: Id,
    id: Id,
    actor: &Actor,
    now: Instant,
) -> Result<Project, Error> {
    let project = repository::get(connection, owner, id)?;
    repository::remove(connection, owner, id)?;
    record(
        connection,
        actor,
        Action::ProjectDelete,
        &project,
        &json!({ "name": project.name }),
        now,
    )?;
    Ok(project)
}

fn record(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    project: &Project,
    detail: &Value,
    now: Instant,
) -> Result<(), Error> {
    let event = Event::done(
        actor,
        action,
        Some(project.id),
        Some(project.owner_id),
        detail,
        now,
    );
    audit::repository::insert(connection, &event)
}
