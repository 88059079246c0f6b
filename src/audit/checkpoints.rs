//! The file of checkpoints: outside the database, one a line, only added to.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::audit::chain::Link;
use crate::audit::checkpoint::{Checkpoint, Fault, MOST_BYTES};
use crate::audit::key::AuditKey;

/// The file's name in the data directory.
pub const NAME: &str = "audit-checkpoints.jsonl";

/// A file of checkpoints that is added to.
pub struct Notebook {
    file: File,
    last: Option<Link>,
}

impl Notebook {
    /// Opens the file, for its owner alone; makes it where it is missing. A line that a crash has
    /// cut short is taken away.
    ///
    /// # Errors
    /// When it cannot be opened or written.
    pub fn open(path: &Path, key: &AuditKey) -> io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)?;
        let (whole, last) = whole_lines(&mut file)?;
        if whole < file.metadata()?.len() {
            file.set_len(whole)?;
            file.sync_all()?;
        }
        if let Some(directory) = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            // The name is as lasting as what stands under it.
            File::open(directory)?.sync_all()?;
        }
        let last = Checkpoint::read(&last, key).ok();
        Ok(Self {
            file,
            last: last.map(|checkpoint| checkpoint.link),
        })
    }

    /// What the last line has seen.
    #[must_use]
    pub fn last(&self) -> Option<Link> {
        self.last
    }

    /// Adds a checkpoint and waits until the disk has it; gives its line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, checkpoint: &Checkpoint, key: &AuditKey) -> io::Result<String> {
        let line = checkpoint.line(key);
        // In one piece: two nodes may share a directory.
        self.file.write_all(format!("{line}\n").as_bytes())?;
        self.file.sync_data()?;
        self.last = Some(checkpoint.link);
        Ok(line)
    }
}

/// How many bytes of the file are lines with an end, and the last of these.
fn whole_lines(file: &mut File) -> io::Result<(u64, Vec<u8>)> {
    let length = file.metadata()?.len();
    let tail = length.min(2 * MOST_BYTES as u64);
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
        // A longer piece was not written here: it is left for the verifier to tell of.
        return Ok((if tail == length { 0 } else { length }, Vec::new()));
    };
    let cut = bytes.len() - end - 1;
    bytes.truncate(end);
    let begin = bytes.iter().rposition(|byte| *byte == b'\n');
    let last = bytes.split_off(begin.map_or(0, |place| place + 1));
    Ok((length - cut as u64, last))
}

/// Why a file of checkpoints is of no use.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It cannot be read.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// One of its lines, by number, is none of this key's.
    #[error("{0}: line {1} {2}")]
    Line(PathBuf, u64, Fault),
}

/// Reads a file of checkpoints. The last line counts only where it has its end: it may be being
/// written.
///
/// # Errors
/// [`Unread`].
pub fn read(path: &Path, key: &AuditKey) -> Result<Vec<Checkpoint>, Unread> {
    let fault = |error: io::Error| Unread::File(path.to_owned(), error);
    let mut file = BufReader::new(File::open(path).map_err(fault)?);
    let (mut checkpoints, mut line) = (Vec::new(), Vec::new());
    for number in 1_u64.. {
        line.clear();
        let mut bounded = (&mut file).take(MOST_BYTES as u64);
        bounded.read_until(b'\n', &mut line).map_err(fault)?;
        if line.len() < MOST_BYTES && !line.ends_with(b"\n") {
            break;
        }
        let checkpoint = Checkpoint::read(&line, key)
            .map_err(|fault| Unread::Line(path.to_owned(), number, fault))?;
        checkpoints.push(checkpoint);
    }
    Ok(checkpoints)
}

/// The same, and none where there is no such file.
///
/// # Errors
/// As [`read`].
pub fn read_if_there(path: &Path, key: &AuditKey) -> Result<Vec<Checkpoint>, Unread> {
    match path.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        _ => read(path, key),
    }
}
