//! Requests that no client library would send.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::answer::OF_ONE_REQUEST;

/// What came back before the server closed.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    /// None where the server closed without a word.
    pub(crate) status: Option<u16>,
    pub(crate) text: String,
}

impl RawAnswer {
    /// The value of a header of the first answer.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.text.split_once("\r\n\r\n")?;
        head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn body(&self) -> &str {
        self.text
            .split_once("\r\n\r\n")
            .map_or("", |(_, body)| body)
    }

    /// All that two answers can be compared by, as of those that a library has read.
    pub(crate) fn compared(&self) -> String {
        let (head, body) = self.text.split_once("\r\n\r\n").unwrap_or_default();
        let mut lines: Vec<&str> = head
            .lines()
            .filter(|line| {
                let name = line.split(':').next().unwrap_or_default();
                !OF_ONE_REQUEST.contains(&name)
            })
            .collect();
        lines.sort_unstable();
        format!("{}\n\n{body}", lines.join("\n"))
    }
}

pub(super) fn exchange(authority: &str, bytes: &[u8]) -> RawAnswer {
    let stream = TcpStream::connect(authority).expect("the server takes connections");
    finish(stream, bytes)
}

/// Sends the last of a request and gives what comes back until the server closes.
pub(crate) fn finish(mut stream: TcpStream, bytes: &[u8]) -> RawAnswer {
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    // The server may have closed before all was sent; its answer is what counts.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut part) {
        answer.extend_from_slice(&part[..read]);
    }
    let text = String::from_utf8_lossy(&answer).into_owned();
    RawAnswer {
        status: text
            .strip_prefix("HTTP/1.1 ")
            .or_else(|| text.strip_prefix("HTTP/1.0 "))
            .and_then(|rest| rest.get(..3)?.parse().ok()),
        text,
    }
}
