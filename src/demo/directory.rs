//! A directory that goes when the demo goes.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::id::Id;

/// A directory of its owner alone, removed with all that is in it when this value goes.
pub struct Directory(PathBuf);

impl Directory {
    /// Makes one of a name that nobody can know before, where temporary files are kept.
    ///
    /// # Errors
    /// [`Error::Setting`] where it cannot be made.
    pub fn create() -> Result<Self, Error> {
        let path = std::env::temp_dir().join(format!("deskforge-demo-{}", Id::new()));
        // Not recursive, so that a directory which is there already is not taken.
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| Error::Setting(format!("{}: {error}", path.display())))?;
        Ok(Self(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            log::warn!("{} is not removed: {error}", self.0.display());
        }
    }
}
