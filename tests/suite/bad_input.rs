//! No byte that comes in makes the server fail: it answers as agreed, and goes on.

use crate::harness::{Engine, TestServer, on_each_engine};

on_each_engine!(
    random_changes_to_a_request_never_make_the_server_fail,
    random_bytes_in_every_header_never_make_the_server_fail,
    random_bodies_never_make_the_server_fail,
    framing_that_can_be_read_in_two_ways_is_refused,
    a_request_that_stops_halfway_harms_nobody,
);

/// A generator whose numbers are the same in every run (xorshift64*).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most + 1);
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

/// Whether an answer is one of those agreed: never a fault of the program's own. What cannot be
/// read as a request at all is answered before there is a path to choose a face by.
#[track_caller]
fn is_agreed(server: &TestServer, request: &[u8]) -> Option<u16> {
    let answer = server.raw(request);
    let shown = String::from_utf8_lossy(request).into_owned();
    let status = answer.status;
    assert!(
        status.is_none_or(|status| (200..500).contains(&status)),
        "{shown:?}: {answer:?}"
    );
    let faceless = matches!(status, None | Some(400 | 431)) && answer.body().is_empty();
    if status.is_some_and(|status| status >= 400) && !faceless {
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{shown:?}: {answer:?}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{shown:?}"
        );
        assert!(
            answer.header("x-request-id").is_some(),
            "{shown:?}: {answer:?}"
        );
    }
    status
}

fn request(server: &TestServer, key: &str) -> Vec<u8> {
    let body = "{\"name\":\"Site\",\"description\":\"one\"}";
    format!(
        "POST /projects?limit=1&q=a HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nX-Forwarded-For: 192.0.2.1\r\n\
         User-Agent: x\r\nCookie: deskforge=x\r\nConnection: close\r\n\r\n{body}",
        server.authority(),
        body.len()
    )
    .into_bytes()
}

fn writer(server: &TestServer) -> String {
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["projects:write", "tokens:write"]);
    key.secret
}

async fn random_changes_to_a_request_never_make_the_server_fail(engine: Engine) {
    let server = TestServer::start(engine);
    let key = writer(&server);
    let whole = request(&server, &key);
    assert_eq!(is_agreed(&server, &whole), Some(201));
    let mut random = Seeded(0x5EED);
    for _ in 0..400 {
        let mut changed = whole.clone();
        for _ in 0..=random.below(4) {
            let place = random.below(changed.len());
            match random.below(5) {
                0 => changed[place] = random.next().to_le_bytes()[0],
                1 => changed.insert(place, random.next().to_le_bytes()[0]),
                2 => drop(changed.remove(place)),
                3 => drop(changed.splice(place..place, random.bytes(30))),
                _ => {
                    let end = (place + random.below(40)).min(changed.len());
                    let part = changed[place..end].to_vec();
                    changed.splice(place..place, part);
                }
            }
        }
        is_agreed(&server, &changed);
    }
    server.bearer(&key).get("/projects").await.must_be(200);
}

async fn random_bytes_in_every_header_never_make_the_server_fail(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    });
    let key = writer(&server);
    let mut random = Seeded(0x0DD5);
    let names = [
        "Authorization",
        "Cookie",
        "Content-Type",
        "Accept",
        "User-Agent",
        "X-Request-Id",
        "X-Forwarded-For",
        "Forwarded",
        "Origin",
        "Sec-Fetch-Site",
        "Host",
        "Expect",
        "Range",
        "If-None-Match",
        "Content-Encoding",
        "Idempotency-Key",
        "Upgrade",
        "TE",
    ];
    for name in names {
        for _ in 0..15 {
            let mut head = b"GET /projects HTTP/1.1\r\nConnection: close\r\n".to_vec();
            if name != "Authorization" {
                head.extend(format!("Authorization: Bearer {key}\r\n").bytes());
            }
            if name != "Host" {
                head.extend(b"Host: x\r\n");
            }
            head.extend(format!("{name}: ").bytes());
            let value = random.bytes(60);
            head.extend(value.into_iter().filter(|byte| !b"\r\n".contains(byte)));
            head.extend(b"\r\n\r\n");
            is_agreed(&server, &head);
        }
        let long = format!(
            "GET /projects HTTP/1.1\r\nHost: x\r\n{name}: {}\r\n\r\n",
            "x".repeat(200_000)
        );
        assert!(matches!(
            is_agreed(&server, long.as_bytes()),
            None | Some(400 | 431)
        ));
    }
    let many = "X: y\r\n".repeat(5_000);
    is_agreed(
        &server,
        format!("GET /projects HTTP/1.1\r\n{many}\r\n").as_bytes(),
    );
    let path = "a".repeat(100_000);
    is_agreed(
        &server,
        format!("GET /{path} HTTP/1.1\r\nConnection: close\r\n\r\n").as_bytes(),
    );
    server.bearer(&key).get("/projects").await.must_be(200);
}

async fn random_bodies_never_make_the_server_fail(engine: Engine) {
    let server = TestServer::start(engine);
    let client = server.bearer(&writer(&server));
    let mut random = Seeded(0xB0D7);
    let whole = "{\"name\":\"CI\",\"note\":\"n\",\"environment\":\"none\",\"scopes\":[\"projects:read\"],\
                 \"expires_at\":\"2027-01-01T00:00:00Z\",\"allowed_cidrs\":[\"10.0.0.0/8\"],\
                 \"locations\":[\"a\"]}";
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "null",
        "-1",
        "1e400",
        "\\u0000",
        "\\ud800",
        "\u{202e}",
        "9223372036854775808",
        "true",
        "\"name\"",
        "::ffff:0:0/96",
        "0001-01-01T00:00:00Z",
        "\u{0}",
    ];
    for path in ["/tokens", "/projects"] {
        for _ in 0..250 {
            let mut body = whole.as_bytes().to_vec();
            for _ in 0..=random.below(3) {
                let place = random.below(body.len());
                let piece = pieces[random.below(pieces.len())].as_bytes();
                let end = (place + random.below(4)).min(body.len());
                body.splice(place..end, piece.iter().copied());
            }
            // Every answer is looked at where it arrives: none may be a fault.
            let ask = client.ask("POST", path);
            let answer = ask.body("application/json", body).send().await;
            assert!(
                matches!(answer.status, 201 | 400 | 403 | 409 | 422),
                "{answer}"
            );
        }
    }
}

async fn framing_that_can_be_read_in_two_ways_is_refused(engine: Engine) {
    let server = TestServer::start(engine);
    let key = writer(&server);
    let smuggled = "GET /token HTTP/1.1\r\nHost: x\r\n\r\n";
    for framing in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length : 5\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Content-Length: 99999999999999999999\r\n",
    ] {
        let request = format!(
            "POST /projects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\n{framing}\r\n0\r\n\r\n{smuggled}"
        );
        let answer = server.raw(request.as_bytes());
        let answers = answer.text.matches("HTTP/1.1 ").count();
        assert!(answers <= 1, "{framing:?}: {answer:?}");
        assert!(
            matches!(answer.status, None | Some(400..=499)),
            "{framing:?}: {answer:?}"
        );
    }
    assert_eq!(server.number("SELECT count(*) AS number FROM projects"), 0);
}

async fn a_request_that_stops_halfway_harms_nobody(engine: Engine) {
    let server = TestServer::start(engine);
    let key = writer(&server);
    let whole = request(&server, &key);
    for end in (0..whole.len()).step_by(7) {
        is_agreed(&server, &whole[..end]);
    }
    assert_eq!(server.number("SELECT count(*) AS number FROM projects"), 0);
    assert_eq!(is_agreed(&server, &whole), Some(201));
}
