//! Who can log in as me?

mod device;
pub(crate) mod log;
pub(crate) mod password;
pub(crate) mod sessions;
mod show;

pub(crate) use show::ask;

/// Where the page is.
const ADDRESS: &str = "/dashboard/settings/security";
