//! `deskforge audit verify`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use zeroize::Zeroizing;

use super::key;
use super::progress::Progress;
use crate::audit::chain::{Broken, Link, Why};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::checkpoints::{self, Unread};
use crate::audit::export::{Lines, MOST_BYTES};
use crate::audit::key::AuditKey;
use crate::audit::verify::Verification;
use crate::audit::walk::{Fault, LogWalk, ROWS};
use crate::cli::failure::Failure;
use crate::cli::open;
use crate::config::{DatabaseUrl, Flags, Settings};
use crate::db::Database;
use crate::error::Error;

/// Lines after which progress is told.
const OFTEN: u64 = 1_000;

#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// A file that `audit export` or the audit page wrote, in place of the database
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A file of checkpoints that the log must reach and fit
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// A file with what `audit key` wrote, in place of the installation's secret key
    #[arg(long, value_name = "FILE")]
    audit_key_file: Option<PathBuf>,
}

pub(super) fn run(
    flags: Flags,
    arguments: &Arguments,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let given = match &arguments.audit_key_file {
        Some(path) => Some(read_key(path)?),
        None => None,
    };
    let end = if let Some(path) = &arguments.file {
        let key = given.map_or_else(|| key::of(&Settings::from(flags)), Ok)?;
        let checkpoints = read_checkpoints(arguments, &key)?;
        verify_file(path, Verification::after(Link::START, key, checkpoints))?
    } else {
        let (database, key) = open_database(flags, given)?;
        let checkpoints = read_checkpoints(arguments, &key)?;
        verify_database(&database, &key, checkpoints)?
    };
    writeln!(out, "Verified to event {}", end.number)?;
    Ok(())
}

/// The database, with no more than its address and the audit key where that is given.
fn open_database(flags: Flags, given: Option<AuditKey>) -> Result<(Database, AuditKey), Failure> {
    if let Some(key) = given {
        let url = Settings::from(flags).database_url;
        if let DatabaseUrl::Sqlite(path) = &url
            && !path.exists()
        {
            let fault = format!("--database-url: {} is missing", path.display());
            return Err(Failure::Usage(fault));
        }
        return Ok((Database::open(&url)?, key));
    }
    let installation = open(flags)?;
    let key = AuditKey::of(&installation.secret_key);
    Ok((installation.database, key))
}

fn read_key(path: &Path) -> Result<AuditKey, Error> {
    let fault = |fault: &dyn std::fmt::Display| {
        Error::Setting(format!("--audit-key-file {}: {fault}", path.display()))
    };
    let mut text = Zeroizing::new(String::with_capacity(128));
    let file = File::open(path).map_err(|error| fault(&error))?;
    file.take(100)
        .read_to_string(&mut text)
        .map_err(|error| fault(&error))?;
    AuditKey::from_base64(&text).map_err(|error| fault(&error))
}

fn read_checkpoints(arguments: &Arguments, key: &AuditKey) -> Result<Vec<Checkpoint>, Failure> {
    let Some(path) = &arguments.checkpoints else {
        return Ok(Vec::new());
    };
    checkpoints::read(path, key).map_err(|unread| match unread {
        Unread::File(..) => Failure::Usage(format!("--checkpoints {unread}")),
        Unread::Line(..) => Failure::Found(unread.to_string()),
    })
}

fn verify_database(
    database: &Database,
    key: &AuditKey,
    checkpoints: Vec<Checkpoint>,
) -> Result<Link, Failure> {
    let mut progress = Progress::begin();
    let begin = |connection: &mut _| Ok(LogWalk::begin(connection, Link::START, key, checkpoints));
    let mut walk = database.read_now(begin)??;
    while database.read_now(|connection| Ok(walk.step(connection, ROWS)))?? {
        let (done, of) = walk.progress();
        progress.show(done.unsigned_abs(), of.unsigned_abs(), "of the events");
    }
    Ok(database.read_now(|connection| Ok(walk.end(connection)))??)
}

fn verify_file(path: &Path, verification: Verification) -> Result<Link, Failure> {
    let fault = |error: io::Error| Failure::Usage(format!("--file {}: {error}", path.display()));
    let file = File::open(path).map_err(fault)?;
    let length = file.metadata().map_err(fault)?.len();
    let mut file = BufReader::with_capacity(1 << 18, file);
    let (mut lines, mut line) = (Lines::new(verification), Vec::new());
    let (mut progress, mut read) = (Progress::begin(), 0);
    for number in 1_u64.. {
        line.clear();
        let mut bounded = (&mut file).take(MOST_BYTES as u64);
        let bytes = bounded.read_until(b'\n', &mut line).map_err(fault)?;
        if bytes == 0 {
            break;
        }
        if bytes == MOST_BYTES && !line.ends_with(b"\n") {
            let next = lines.last().saturating_add(1);
            let fault = format!("line {number} is too long");
            return Err(Broken::at(next, Why::Unreadable(fault)).into());
        }
        lines.take(&line)?;
        read += bytes as u64;
        if number % OFTEN == 0 {
            progress.show(read, length, "of the file");
        }
    }
    Ok(lines.end()?)
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Found(broken.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Broken(broken) => broken.into(),
            Fault::Failed(error) => error.into(),
        }
    }
}
