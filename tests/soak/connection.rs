//! HTTP by hand, and fast: requests are bytes that were made ahead, and of an answer only what the
//! tests look at is read.

use std::io::{ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a node may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The bytes of a request with a key.
pub(crate) fn request(method: &str, path: &str, key: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: soak\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One connection to a node, opened when it is needed and again after it broke.
pub(crate) struct Connection {
    address: String,
    stream: Option<TcpStream>,
    answer: Vec<u8>,
}

impl Connection {
    pub(crate) fn to(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            stream: None,
            answer: Vec::with_capacity(4_096),
        }
    }

    /// The status and the body of the answer.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<(u16, &[u8])> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => open(&self.address)?,
        };
        stream.write_all(request)?;
        let (status, body) = read(&mut stream, &mut self.answer)?;
        // What went wrong on the way has closed the connection.
        self.stream = Some(stream);
        Ok((status, &self.answer[body..]))
    }
}

fn open(address: &str) -> Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// Reads one answer; gives its status and where its body begins.
fn read(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<(u16, usize)> {
    answer.clear();
    let mut part = [0; 4_096];
    loop {
        if let Some((status, body, length)) = head(answer)
            && answer.len() >= body + length
        {
            return Ok((status, body));
        }
        match stream.read(&mut part)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => answer.extend_from_slice(&part[..read]),
        }
    }
}

/// Status, where the body begins and how long it is, once the whole head is there.
fn head(answer: &[u8]) -> Option<(u16, usize, usize)> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = str::from_utf8(&answer[..end]).ok()?;
    let status = text.get(9..12)?.parse().ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().ok())?
    });
    Some((status, end + 4, length.unwrap_or(0)))
}
