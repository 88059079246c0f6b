//! The pages of projects.

pub(crate) mod delete;
pub(crate) mod edit;
mod form;
pub(crate) mod list;
pub(crate) mod new;

/// Where the list is.
const LIST: &str = "/dashboard/projects";
