//! The server's side: the lock and the socket.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{self, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};

use super::{DONE, FAILED, lock_file, wish};
use crate::error::Error;
use crate::token::verifier::Verifier;

/// A command looks at the lock for a moment; so often a starting server tries again.
const TRIES: u32 = 20;
/// How long it waits before each.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a command may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(2);

/// The sole right to serve a database, for as long as this lives.
pub struct Ownership {
    // Held, not used: the system gives the lock back when the process ends, however it ends.
    _lock: File,
    socket: PathBuf,
    listening: tokio::task::JoinHandle<()>,
}

impl Ownership {
    /// Takes the lock and listens at `socket`; every command that asks has `verifier` catch up. To
    /// be called inside an event loop.
    ///
    /// # Errors
    /// [`Error::Setting`] where another server has the database, or the file system cannot lock.
    pub fn take(database: &Path, socket: PathBuf, verifier: Verifier) -> Result<Self, Error> {
        let path = lock_file(database);
        let fault = |error: std::io::Error| Error::Setting(format!("{}: {error}", path.display()));
        let mut lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(fault)?;
        take_lock(&lock).map_err(fault)?;
        // A socket that a killed server left behind; its lock is ours now.
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).map_err(fault)?;
        // A command may be run in another directory.
        let address = path::absolute(&socket).map_err(fault)?;
        fs::set_permissions(&socket, Permissions::from_mode(0o600))
            .and_then(|()| lock.set_len(0))
            .and_then(|()| lock.write_all(address.as_os_str().as_encoded_bytes()))
            .map_err(fault)?;
        let wish = wish(&lock).map_err(fault)?.into();
        let listening = tokio::spawn(listen(listener, verifier, wish));
        Ok(Self {
            _lock: lock,
            socket,
            listening,
        })
    }
}

impl Drop for Ownership {
    fn drop(&mut self) {
        self.listening.abort();
        let _ = fs::remove_file(&self.socket);
    }
}

fn take_lock(lock: &File) -> std::io::Result<()> {
    for _ in 0..TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    let fault = "another server has this database; several nodes need PostgreSQL";
    Err(std::io::Error::other(fault))
}

async fn listen(listener: UnixListener, verifier: Verifier, wish: Arc<str>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(answer(stream, verifier.clone(), wish.clone()));
            }
            Err(error) => {
                log::error!("control socket: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn answer(mut stream: UnixStream, verifier: Verifier, wish: Arc<str>) {
    let mut said = String::new();
    let mut lines = BufReader::new((&mut stream).take(64));
    let heard = tokio::time::timeout(PATIENCE, lines.read_line(&mut said)).await;
    if !matches!(heard, Ok(Ok(_))) {
        return;
    }
    let answer = if *said == *wish && verifier.catch_up().await.is_ok() {
        DONE
    } else {
        FAILED
    };
    if let Err(error) = stream.write_all(answer.as_bytes()).await {
        log::warn!("control socket: {error}");
    }
}
