//! How a command and the server that owns a SQLite database agree.
//!
//! The server holds a lock beside the database for as long as it lives. A command that has committed
//! a change looks at the lock: where nobody holds it there is no memory to bring up to date; where a
//! server does, the command asks it over a socket to catch up, and answers only when it has.

mod owner;
mod request;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

pub use owner::Ownership;
pub use request::ask_owner_to_catch_up;

/// The lock beside a database; its text is the path of the owner's socket. One file has one lock,
/// whichever links lead to it.
fn lock_file(database: &Path) -> PathBuf {
    let path = fs::canonicalize(database).unwrap_or_else(|_| database.to_owned());
    let mut name = path.into_os_string();
    name.push(".lock");
    name.into()
}

/// What a command says. It names the lock: two servers may have chosen the same socket, and only the
/// owner of this database can answer for it.
fn wish(lock: &File) -> io::Result<String> {
    let lock = lock.metadata()?;
    Ok(format!("catch up {} {}\n", lock.dev(), lock.ino()))
}
/// What the server says when it has.
const DONE: &str = "done\n";
/// What it says when it could not, or was not the one to ask.
const FAILED: &str = "failed\n";
