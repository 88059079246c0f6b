//! The table of projects. The owner is in every WHERE: another account's project is not there.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::clock::Instant;
use crate::db::Connection;
use crate::db::schema::projects;
use crate::error::Error;
use crate::id::Id;
use crate::project::model::{Draft, Project};
use crate::text;

/// Adds a project.
///
/// # Errors
/// Those of the database.
pub fn insert(connection: &mut Connection, project: &Project) -> Result<(), Error> {
    diesel::insert_into(projects::table)
        .values(project)
        .execute(connection)?;
    Ok(())
}

/// One project of the owner.
///
/// # Errors
/// [`Error::NotFound`].
pub fn get(connection: &mut Connection, owner: Id, id: Id) -> Result<Project, Error> {
    Ok(projects::table
        .find(id)
        .filter(projects::owner_id.eq(owner))
        .select(Project::as_select())
        .first(connection)?)
}

/// Up to `limit` projects of the owner, newest first, beginning after the id `after`; with `search`
/// those whose name or description holds it, whatever the case of ASCII letters.
///
/// # Errors
/// Those of the database.
pub fn page(
    connection: &mut Connection,
    owner: Id,
    search: &str,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<Project>, Error> {
    let mut query = projects::table
        .filter(projects::owner_id.eq(owner))
        .order(projects::id.desc())
        .limit(limit)
        .select(Project::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(projects::id.lt(after));
    }
    let search = text::searchable(search);
    if !search.is_empty() {
        let pattern = pattern(&search);
        query = query.filter(
            sql::<Bool>("(lower(name) LIKE lower(")
                .bind::<Text, _>(pattern.clone())
                .sql(") ESCAPE '\\' OR lower(description) LIKE lower(")
                .bind::<Text, _>(pattern)
                .sql(") ESCAPE '\\')"),
        );
    }
    Ok(query.load(connection)?)
}

/// How many projects the owner has.
///
/// # Errors
/// Those of the database.
pub fn count(connection: &mut Connection, owner: Id) -> Result<i64, Error> {
    Ok(projects::table
        .filter(projects::owner_id.eq(owner))
        .count()
        .get_result(connection)?)
}

/// Up to `limit` projects of the owner, newest first, beginning after so many.
///
/// # Errors
/// Those of the database.
pub fn numbered(
    connection: &mut Connection,
    owner: Id,
    start: i64,
    limit: i64,
) -> Result<Vec<Project>, Error> {
    Ok(projects::table
        .filter(projects::owner_id.eq(owner))
        .order(projects::id.desc())
        .offset(start)
        .limit(limit)
        .select(Project::as_select())
        .load(connection)?)
}

/// Writes the parts that people change.
///
/// # Errors
/// [`Error::NotFound`].
pub fn update(
    connection: &mut Connection,
    owner: Id,
    id: Id,
    draft: &Draft,
    now: Instant,
) -> Result<(), Error> {
    let changed = diesel::update(
        projects::table
            .find(id)
            .filter(projects::owner_id.eq(owner)),
    )
    .set((
        projects::name.eq(&draft.name),
        projects::description.eq(&draft.description),
        projects::updated_at.eq(now),
    ))
    .execute(connection)?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Removes a project.
///
/// # Errors
/// [`Error::NotFound`].
pub fn remove(connection: &mut Connection, owner: Id, id: Id) -> Result<(), Error> {
    let removed = diesel::delete(
        projects::table
            .find(id)
            .filter(projects::owner_id.eq(owner)),
    )
    .execute(connection)?;
    if removed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// A LIKE pattern that finds `text` itself anywhere.
#[must_use]
pub fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for one in text.chars() {
        if matches!(one, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(one);
    }
    pattern.push('%');
    pattern
}
