//! A walk over the log in the database, a few rows at a time.

use crate::audit::chain::{Broken, Link, Why};
use crate::audit::checkpoint::Checkpoint;
use crate::audit::key::AuditKey;
use crate::audit::repository;
use crate::audit::verify::Verification;
use crate::db::Connection;
use crate::error::Error;

/// Rows that are best looked at in one step.
pub const ROWS: i64 = 1_000;

/// Why a walk ends early.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The log is not as it was sealed.
    #[error("{0}")]
    Broken(Broken),
    /// It cannot be read just now.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// One walk, up to where the head was when it began.
pub struct LogWalk {
    verification: Verification,
    head: Link,
    after: i64,
}

impl LogWalk {
    /// A walk over all that comes after `from`, which is taken to be right. The checkpoints are to
    /// be read before: none has seen more than the head that is read now.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn begin(
        connection: &mut Connection,
        from: Link,
        key: &AuditKey,
        checkpoints: Vec<Checkpoint>,
    ) -> Result<Self, Fault> {
        let extent = repository::extent(connection)?;
        let next = extent.last.saturating_add(1);
        let head = extent.head.ok_or(Broken::at(next, Why::NoHead))?;
        if extent.last > head.number {
            let first = head.number.saturating_add(1).max(1);
            return Err(Broken::at(first, Why::BeyondHead).into());
        }
        // Whatever is numbered below 1 comes first, and is found.
        let after = if from == Link::START {
            i64::MIN
        } else {
            from.number
        };
        Ok(Self {
            verification: Verification::after(from, key.clone(), checkpoints),
            head,
            after,
        })
    }

    /// How far it has come, and how far it goes.
    #[must_use]
    pub fn progress(&self) -> (i64, i64) {
        (self.verification.last().number, self.head.number)
    }

    /// Looks at the next `limit` rows; whether there may be more.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn step(&mut self, connection: &mut Connection, limit: i64) -> Result<bool, Fault> {
        let (after, head) = (self.after, self.head.number);
        let rows = match repository::rows(connection, after, head, limit) {
            Ok(rows) => rows,
            Err(Error::Internal(_)) => return self.step_by_one(connection, limit),
            Err(error) => return Err(error.into()),
        };
        for row in &rows {
            self.verification.take(&row.fields(), &row.mac)?;
        }
        self.after = self.verification.last().number;
        Ok(i64::try_from(rows.len()) == Ok(limit))
    }

    /// The same where one of the rows cannot be read, to name it.
    fn step_by_one(&mut self, connection: &mut Connection, limit: i64) -> Result<bool, Fault> {
        for _ in 0..limit {
            match repository::rows(connection, self.after, self.head.number, 1) {
                Ok(rows) => {
                    let Some(row) = rows.first() else {
                        return Ok(false);
                    };
                    self.verification.take(&row.fields(), &row.mac)?;
                    self.after = row.number;
                }
                Err(Error::Internal(fault)) => {
                    let next = self.verification.last().number.saturating_add(1);
                    return Err(Broken::at(next, Why::Unreadable(fault)).into());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(true)
    }

    /// Whether the log ends where it should; gives its last event.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn end(&self, connection: &mut Connection) -> Result<Link, Fault> {
        let end = self.verification.end(self.head)?;
        // Of rows with one number, which the tables do not take, a page may have passed over some.
        if repository::count(connection, end.number)? != end.number {
            return Err(Broken::at(end.number, Why::Surplus).into());
        }
        Ok(end)
    }

    /// The same without counting all of it, for a walk over the last few.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn end_of_few(&self) -> Result<Link, Broken> {
        self.verification.end(self.head)
    }
}
