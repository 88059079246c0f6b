//! A password from standard input: not from the arguments, which everybody on the machine can see.

use std::io::{IsTerminal, Read};

use clap::Args;
use zeroize::Zeroizing;

use crate::account::password::Password;
use crate::cli::failure::Failure;
use crate::error::{Error, FieldErrors};

/// More than any password may have: the rest of an endless input is not read.
const MOST_BYTES: u64 = 4_096;

/// Where the password comes from. There is one way, and it is said so that nobody waits for a
/// question.
#[derive(Args)]
pub(super) struct Source {
    /// Read the password from standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl Source {
    /// Reads the password.
    pub(super) fn read(&self) -> Result<Password, Failure> {
        debug_assert!(self.password_stdin, "clap requires the flag");
        let mut input = std::io::stdin().lock();
        if input.is_terminal() {
            // A terminal shows what is typed.
            return Err(Failure::Usage(
                "--password-stdin: want the password from a file or a pipe, not typed".to_owned(),
            ));
        }
        read(&mut input)
            .map(|mut text| Password::from(std::mem::take(&mut *text)))
            .map_err(|fault| Error::Invalid(FieldErrors::one("password", fault)).into())
    }
}

/// All that is read, but for one line break at the end.
fn read(input: &mut impl Read) -> Result<Zeroizing<String>, String> {
    // With room for all of it, so that no copy is left behind by growing.
    let mut text = Zeroizing::new(String::with_capacity(8_192));
    input
        .take(MOST_BYTES)
        .read_to_string(&mut text)
        .map_err(|error| format!("Password cannot be read: {error}"))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_break_at_the_end_is_not_part_of_the_password() {
        for (input, password) in [
            ("correct horse", "correct horse"),
            ("correct horse\n", "correct horse"),
            ("correct horse\n\n", "correct horse\n"),
            (" correct horse \r\n", " correct horse \r"),
            ("", ""),
        ] {
            assert_eq!(*read(&mut input.as_bytes()).unwrap(), password);
        }
    }

    #[test]
    fn an_endless_input_or_one_that_is_no_text_ends_in_a_sentence() {
        assert!(read(&mut std::io::repeat(b'x')).unwrap().len() < 5_000);
        assert!(read(&mut &b"\xff\xfe"[..]).is_err());
    }
}
