//! The pages of service accounts; those of their keys are the pages of one's own keys.

pub(crate) mod edit;
pub(crate) mod end;
mod form;
pub(crate) mod new;

use super::people::LIST;
