//! Which requests are plain enough for here.

use std::mem::MaybeUninit;

use httparse::{Header, Request, Status};

use crate::api::gateway;

/// The most headers of a request; what has more is not for here.
const HEADERS: usize = 64;

/// The methods of plain requests. The answer to HEAD has a length and no body.
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// What a connection has sent so far.
pub(super) enum Read<'headers, 'bytes> {
    /// The beginning of what may be a plain request.
    Partial,
    /// Something else.
    Other,
    /// A plain request and maybe more.
    Whole(Head<'headers, 'bytes>),
}

/// A plain request: a question of a gateway in HTTP/1.1, without a body, on a connection that
/// stays open.
pub(super) struct Head<'headers, 'bytes> {
    pub(super) method: &'bytes str,
    /// What comes after the question mark; simple enough to need no reading as a URL.
    pub(super) query: &'bytes str,
    /// How many bytes it has.
    pub(super) length: usize,
    headers: &'headers [Header<'bytes>],
}

impl<'bytes> Head<'_, 'bytes> {
    /// What the headers of a name, in any case, say.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'bytes [u8]> {
        self.headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
    }

    /// What the first of them says.
    pub(super) fn value(&self, name: &str) -> Option<&'bytes [u8]> {
        self.values(name).next()
    }

    /// Whether it has no body, and asks nothing of the connection.
    fn is_plain(&self) -> bool {
        self.headers.iter().all(|header| {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            if is("content-length") {
                header.value == b"0"
            } else if is("connection") {
                header.value.eq_ignore_ascii_case(b"keep-alive")
            } else {
                !["transfer-encoding", "expect", "upgrade"]
                    .into_iter()
                    .any(is)
            }
        })
    }
}

/// Room for the headers that [`read`] finds.
pub(super) fn room<'bytes>() -> [MaybeUninit<Header<'bytes>>; HEADERS] {
    [const { MaybeUninit::uninit() }; HEADERS]
}

/// Reads the request that the bytes begin with.
pub(super) fn read<'headers, 'bytes>(
    bytes: &'bytes [u8],
    room: &'headers mut [MaybeUninit<Header<'bytes>>; HEADERS],
) -> Read<'headers, 'bytes> {
    // What cannot become one is not waited for.
    if !METHODS.iter().any(|method| may_be(bytes, method)) {
        return Read::Other;
    }
    let mut request = Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(bytes, room) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Read::Partial,
        Err(_) => return Read::Other,
    };
    let (Some(method), Some(target), Some(1)) = (request.method, request.path, request.version)
    else {
        return Read::Other;
    };
    let query = match target.strip_prefix(gateway::PATH) {
        Some("") => "",
        Some(rest) => match rest.strip_prefix('?') {
            Some(query) if query.bytes().all(is_simple) => query,
            _ => return Read::Other,
        },
        None => return Read::Other,
    };
    let head = Head {
        method,
        query,
        length,
        headers: request.headers,
    };
    if head.is_plain() {
        Read::Whole(head)
    } else {
        Read::Other
    }
}

/// Whether the bytes are, or may yet become, a request by this method for the path.
fn may_be(bytes: &[u8], method: &str) -> bool {
    let mut start = method.bytes().chain([b' ']).chain(gateway::PATH.bytes());
    bytes
        .iter()
        .zip(&mut start)
        .all(|(byte, wanted)| *byte == wanted)
}

fn is_simple(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:=&%+".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> &'static str {
        match read(text.as_bytes(), &mut room()) {
            Read::Partial => "partial",
            Read::Other => "other",
            Read::Whole(_) => "whole",
        }
    }

    #[test]
    fn plain_requests_alone_are_taken() {
        for (text, wanted) in [
            ("", "partial"),
            ("GE", "partial"),
            ("GET /auth/ver", "partial"),
            ("GET /auth/verify HTTP/1.1\r\nHost: a\r\n", "partial"),
            ("GET /auth/verify HTTP/1.1\r\n\r\n", "whole"),
            ("GET /auth/verify?scope=a:b HTTP/1.1\r\n\r\n", "whole"),
            (
                "PUT /auth/verify HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
                "whole",
            ),
            (
                "GET /auth/verify HTTP/1.1\r\nConnection: Keep-Alive\r\n\r\n",
                "whole",
            ),
            ("P", "partial"),
            ("GET /pro", "other"),
            ("HEAD /auth/verify HTTP/1.1\r\n\r\n", "other"),
            ("GET /auth/verifying HTTP/1.1\r\n\r\n", "other"),
            ("GET /auth/verify/ HTTP/1.1\r\n\r\n", "other"),
            ("GET /auth/verify?scope=<a> HTTP/1.1\r\n\r\n", "other"),
            ("GET /auth/verify HTTP/1.0\r\n\r\n", "other"),
            ("GET /auth/verify\r\n\r\n", "other"),
            ("GET /auth/verify HTTP/1.1\r\nbroken\r\n\r\n", "other"),
            (
                "PUT /auth/verify HTTP/1.1\r\ncontent-length: 1\r\n\r\na",
                "other",
            ),
            (
                "PUT /auth/verify HTTP/1.1\r\ncontent-length: 00\r\n\r\n",
                "other",
            ),
            (
                "PUT /auth/verify HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "other",
            ),
            (
                "GET /auth/verify HTTP/1.1\r\nConnection: close\r\n\r\n",
                "other",
            ),
            ("GET /auth/verify HTTP/1.1\r\nUpgrade: h2c\r\n\r\n", "other"),
            (
                "PUT /auth/verify HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
                "other",
            ),
            ("\r\nGET /auth/verify HTTP/1.1\r\n\r\n", "other"),
        ] {
            assert_eq!(kind(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn what_follows_a_request_is_left_for_the_next() {
        let text = b"GET /auth/verify?status=200 HTTP/1.1\r\nX: 1\r\nx: 2\r\n\r\nGET /";
        let mut headers = room();
        let Read::Whole(head) = read(text, &mut headers) else {
            panic!("it is one");
        };
        assert_eq!((head.method, head.query), ("GET", "status=200"));
        assert_eq!(&text[head.length..], b"GET /");
        assert_eq!(head.values("X").collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!(head.value("authorization"), None);
    }
}
