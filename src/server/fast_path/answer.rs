//! Answers as they go over the wire (RFC 9112).

use std::cell::RefCell;
use std::time::{Duration, UNIX_EPOCH};

use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HttpDate};
use rustix::time::{ClockId, clock_gettime};

use crate::api;
use crate::error::Error;
use crate::server::client::REQUEST_ID;
use crate::server::{answer, headers};

/// What the answers of a worker have in common.
pub(super) struct Answers {
    is_https: bool,
    /// The headers that stand on every answer, written out.
    always: Vec<u8>,
    date: RefCell<Date>,
}

/// The `Date` header, written once a second.
#[derive(Default)]
struct Date {
    second: u64,
    text: String,
}

impl Answers {
    /// Of a server that people reach over `https` or not.
    pub(super) fn new(is_https: bool) -> Self {
        let mut always = Vec::new();
        let mut map = HeaderMap::new();
        headers::protect(&mut map, is_https);
        lines(&mut always, &map);
        Self {
            is_https,
            always,
            date: RefCell::default(),
        }
    }

    /// Writes an answer that has no body; `tell` is given what writes the lines that it adds.
    pub(super) fn empty(
        &self,
        out: &mut Vec<u8>,
        status: StatusCode,
        request_id: &str,
        tell: impl FnOnce(&mut Vec<u8>),
    ) {
        self.start(out, status, request_id);
        out.extend_from_slice(&self.always);
        tell(out);
        if status != StatusCode::NO_CONTENT {
            line(out, "content-length", b"0");
        }
        out.extend_from_slice(b"\r\n");
    }

    /// Writes the answer for an error, and gives its status.
    pub(super) fn refusal(&self, out: &mut Vec<u8>, error: &Error, request_id: &str) -> StatusCode {
        answer::log_fault(error);
        let mut response = api::answer::json(error);
        headers::protect(response.headers_mut(), self.is_https);
        let status = response.status();
        self.start(out, status, request_id);
        lines(out, response.headers());
        // A text is whole from the beginning, so there is always one.
        let body = response.into_body().try_into_bytes().unwrap_or_default();
        line(out, "content-length", body.len().to_string().as_bytes());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&body);
        status
    }

    fn start(&self, out: &mut Vec<u8>, status: StatusCode, request_id: &str) {
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(status.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
        out.extend_from_slice(b"\r\n");
        line(out, "date", self.date.borrow_mut().now().as_bytes());
        line(out, REQUEST_ID.as_str(), request_id.as_bytes());
    }
}

impl Date {
    /// By a clock that is read without asking the hardware, and late by some milliseconds.
    fn now(&mut self) -> &str {
        let now = clock_gettime(ClockId::RealtimeCoarse);
        let second = u64::try_from(now.tv_sec).unwrap_or_default();
        if self.second != second {
            self.second = second;
            let since = Duration::from_secs(second);
            self.text = HttpDate::from(UNIX_EPOCH + since).to_string();
        }
        &self.text
    }
}

fn lines(out: &mut Vec<u8>, headers: &HeaderMap) {
    for (name, value) in headers {
        line(out, name.as_str(), value.as_bytes());
    }
}

/// Writes a header. Neither part may hold a line break. Inlined, as most names are constants: their
/// copying then needs no call.
#[inline]
pub(super) fn line(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}
