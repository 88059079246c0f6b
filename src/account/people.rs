//! Lists of people and of service accounts, for those who look after them.

pub mod repository;

use crate::account::model::Standing;

/// Which people.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those whose name or e-mail address holds this.
    pub search: String,
    /// Those who stand so.
    pub standing: Option<Standing>,
}
