//! A project as the database keeps it and as the API tells it.

use diesel::prelude::*;
use serde::Serialize;

use crate::clock::Instant;
use crate::db::schema::projects;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::text;

/// One project.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = projects)]
pub struct Project {
    /// Its id.
    pub id: Id,
    /// The account it belongs to.
    #[serde(skip)]
    pub owner_id: Id,
    /// 1 to 100 characters.
    pub name: String,
    /// Up to 1,000 characters.
    pub description: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// What people write of a project; what is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
}

/// The parts of a project that people write, each within its bounds.
#[derive(Clone, Debug)]
pub struct Draft {
    /// 1 to 100 characters.
    pub name: String,
    /// Up to 1,000 characters.
    pub description: String,
}

impl Draft {
    /// Checks what was written.
    ///
    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    pub fn check(name: &str, description: &str) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let draft = Self {
            name: errors.take("name", text::name("Name", name)),
            description: errors.take("description", text::note("Description", description)),
        };
        errors.or(draft)
    }
}
