//! The command's side.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{DONE, lock_file, wish};
use crate::error::Error;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Has the server that owns `database`, if there is one, bring in what was committed.
///
/// # Errors
/// [`Error::NotFollowed`] where a server owns it and does not say that it has: it will within a
/// second, but nobody can vouch for it now.
pub fn ask_owner_to_catch_up(database: &Path) -> Result<(), Error> {
    let path = lock_file(database);
    let lock = match File::open(&path) {
        Ok(lock) => lock,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::NotFollowed(error.to_string())),
    };
    match lock.try_lock_shared() {
        // Nobody serves it now, and whoever will begins by reading all.
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            ask(lock).map_err(|error| Error::NotFollowed(error.to_string()))
        }
        Err(TryLockError::Error(error)) => Err(Error::NotFollowed(error.to_string())),
    }
}

fn ask(mut lock: File) -> std::io::Result<()> {
    let mut socket = Vec::new();
    lock.read_to_end(&mut socket)?;
    let socket = PathBuf::from(OsString::from_vec(socket));
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(wish(&lock)?.as_bytes())?;
    let mut answer = String::new();
    stream.take(64).read_to_string(&mut answer)?;
    if answer == DONE {
        Ok(())
    } else {
        Err(std::io::Error::other("it could not"))
    }
}
