//! How far a long command has come, for whoever watches a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the line is written anew.
const OFTEN: Duration = Duration::from_millis(100);
/// Signs of a full bar.
const WIDTH: u64 = 30;

/// One line on standard error, written again and again; on no terminal there is none.
pub(super) struct Progress {
    written: Option<Instant>,
    begun: Instant,
    is_shown: bool,
}

impl Progress {
    pub(super) fn begin() -> Self {
        Self {
            written: None,
            begun: Instant::now(),
            is_shown: std::io::stderr().is_terminal(),
        }
    }

    /// So many of so many are done.
    pub(super) fn show(&mut self, done: u64, of: u64, what: &str) {
        let is_due = self.written.is_none_or(|last| last.elapsed() >= OFTEN);
        if !self.is_shown || !is_due {
            return;
        }
        self.written = Some(Instant::now());
        let share = |whole: u64| done.saturating_mul(whole).checked_div(of).unwrap_or(whole);
        let full = usize::try_from(share(WIDTH).min(WIDTH)).unwrap_or_default();
        let bar = format!("{:<30}", "#".repeat(full));
        let line = format!(
            "\r[{bar}] {:>3} % {what} {} s",
            share(100).min(100),
            self.begun.elapsed().as_secs()
        );
        // Whoever does not see it loses nothing.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }
}

/// Leaves the line to what is said next.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.written.is_some() {
            let _ = std::io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
