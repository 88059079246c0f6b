//! How a command and the server that owns a SQLite database agree.
//!
//! The server holds a lock beside the database for as long as it lives. A command that has committed
//! a change looks at the lock: where nobody holds it there is no memory to bring up to date; where a
//! server does, the command asks it over a socket to catch up, and answers only when it has.

mod owner;
mod request;

use std::path::{Path, PathBuf};

pub use owner::Ownership;
pub use request::ask_owner_to_catch_up;

/// The lock beside a database; its text is the path of the owner's socket.
fn lock_file(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// What a command says.
const CATCH_UP: &str = "catch up\n";
/// What the server says when it has.
const DONE: &str = "done\n";
/// What it says when it could not.
const FAILED: &str = "failed\n";
