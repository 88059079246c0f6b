//! The form of a project, new or not.

use crate::dashboard::form::{Form, sound};
use crate::error::{Error, FieldErrors};
use crate::project::model::{Draft, Project};

/// What was typed.
#[derive(Debug, Default)]
pub(crate) struct ProjectForm {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) errors: FieldErrors,
}

impl ProjectForm {
    pub(super) fn read(mut sent: Form) -> Self {
        Self {
            name: sent.text("name"),
            description: sent.text("description"),
            errors: sent.finish(),
        }
    }

    pub(super) fn of(project: &Project) -> Self {
        Self {
            name: project.name.clone(),
            description: project.description.clone(),
            errors: FieldErrors::default(),
        }
    }

    /// What it makes of a project.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub(super) fn draft(&self) -> Result<Draft, Error> {
        sound(&self.errors)?;
        Draft::check(&self.name, &self.description)
    }
}
