//! Why a command failed, and the lines that say so.

use std::error::Error as _;
use std::io;

use clap::error::{ContextKind, ContextValue};

use crate::error::Error;
use crate::inert::{inert, one_line};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The command cannot be understood, or a setting is wrong.
    #[error("{0}")]
    Usage(String),
    /// The command was understood and did not succeed.
    #[error(transparent)]
    Failed(Error),
    /// What was looked at is not as it should be.
    #[error("{0}")]
    Found(String),
    /// What it had to say could not be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// A key was generated and lost on the way to whoever asked for it.
    #[error(
        "the key was generated, but could not be written: {fault}. Revoke it: deskforge token revoke {id}"
    )]
    KeyLost {
        /// The key's id.
        id: crate::id::Id,
        /// Why it could not be written.
        fault: io::Error,
    },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Setting(fault) => Self::Usage(fault),
            other => Self::Failed(other),
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Usage(explanation(&error))
    }
}

impl Failure {
    /// 1 failed, 2 bad usage.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            _ => 1,
        }
    }

    /// One line for each fault, safe to show on a terminal.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Self::Failed(Error::Invalid(faults)) => faults
                .iter()
                .map(|(field, fault)| inert(&format!("{}: {fault}", field.replace('_', "-"))))
                .collect(),
            other => vec![inert(&one_line(&other.to_string()))],
        }
    }
}

/// clap explains at length; one line names the fault. The value at fault is not repeated: it may be
/// a database's password or a key.
fn explanation(error: &clap::Error) -> String {
    if let (Some(ContextValue::String(argument)), Some(fault)) =
        (error.get(ContextKind::InvalidArg), error.source())
    {
        return format!("{argument}: {fault}");
    }
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    first.strip_prefix("error: ").unwrap_or(first).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FieldErrors;

    #[test]
    fn every_field_at_fault_has_a_line_of_its_own() {
        let mut faults = FieldErrors::default();
        faults.add("name", "Enter a name");
        faults.add("expires_in", "want a number of days such as 90d, or never");
        let failure = Failure::from(Error::Invalid(faults));
        assert_eq!(
            failure.lines(),
            [
                "name: Enter a name",
                "expires-in: want a number of days such as 90d, or never"
            ]
        );
        assert_eq!(failure.exit_code(), 1);
    }

    #[test]
    fn an_error_of_several_lines_is_told_in_one() {
        let failure = Failure::from(Error::Setting("first\n  second\u{1b}[2J".to_owned()));
        assert_eq!(failure.lines(), ["first second\\u{1b}[2J"]);
        assert_eq!(failure.exit_code(), 2);
    }
}
