//! Gateways' questions are answered before the framework sees them; nobody can tell by the answers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::{Engine, TestServer, lines, on_each_engine};

on_each_engine!(
    both_ways_give_the_same_answers,
    one_connection_is_asked_for_this_and_that,
    a_question_in_pieces_is_answered_when_it_is_whole,
    who_is_silent_or_slow_for_too_long_is_closed,
    a_stopping_server_does_not_wait_for_silent_gateways,
);

/// A request without a body, as gateways send it.
fn plain(target: &str, headers: &[String]) -> String {
    let lines = [&["host: gateway".to_owned()], headers].concat();
    format!("GET {target} HTTP/1.1\r\n{}\r\n\r\n", lines.join("\r\n"))
}

/// The same with an empty body in chunks, which the framework alone reads.
fn chunked(target: &str, headers: &[String]) -> String {
    let chunked = "transfer-encoding: chunked".to_owned();
    plain(target, &[headers, &[chunked]].concat()) + "0\r\n\r\n"
}

async fn both_ways_give_the_same_answers(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    });
    let mira = server.person("Mira");
    let end = server.now().plus_seconds(60);
    let ended = server.generate_with(&mira, |draft| draft.expires_at = Some(end));
    server.wait_until(end);
    let revoked = server.generate(&mira);
    server.revoke(&revoked);
    let bound = server.generate_with(&mira, |draft| {
        draft.allowed_cidrs = lines(&["203.0.113.0/24"]);
        draft.expires_at = Some(end.plus_days(1));
    });
    let bearer = |secret: &str| format!("Authorization: Bearer {secret}");
    let (right, ended, revoked) = (
        bearer(&server.generate(&mira).secret),
        bearer(&ended.secret),
        bearer(&revoked.secret),
    );
    let bound = bearer(&bound.secret);
    let verify = "/auth/verify";
    let questions = [
        ("", 204),
        ("?", 204),
        ("?status=200", 200),
        ("?scope=projects:read&q=1", 204),
        ("?scope=projects%3Aread", 204),
        ("?scope=projects:write", 403),
        ("?scope=no+scope", 422),
        ("?scope=%ff", 422),
        ("?status=204&environment=x", 422),
        ("?environment=production", 403),
    ]
    .map(|(query, status)| (format!("{verify}{query}"), vec![right.clone()], status));
    let by = |line: &str| vec![bound.clone(), line.to_owned()];
    let callers = [
        (vec![], 401),
        (vec!["Authorization: Basic ZGY6".to_owned()], 401),
        (vec![right.clone(), right.clone()], 401),
        (vec![ended], 401),
        (vec![revoked], 401),
        (vec![bound.clone()], 403),
        (by("X-Forwarded-For: 203.0.113.7"), 204),
        (by("x-forwarded-for: 203.0.113.7, 192.0.2.1"), 403),
        (
            vec![right.clone(), format!("x: {}", "a".repeat(20_000))],
            204,
        ),
        (
            vec![right.replace("Authorization:", "AUTHORIZATION: \t") + "  "],
            204,
        ),
    ]
    .map(|(headers, status)| (verify.to_owned(), headers, status));
    for (target, headers, status) in questions.into_iter().chain(callers) {
        let one = server.raw(plain(&target, &headers).as_bytes());
        let other = server.raw(chunked(&target, &headers).as_bytes());
        assert_eq!(one.status, Some(status), "{target} {one:?}");
        assert_eq!(one.compared(), other.compared(), "{target}");
    }
    let named = [right, "X-Request-Id: from-the-gateway".to_owned()];
    for request in [plain(verify, &named), chunked(verify, &named)] {
        let answer = server.raw(request.as_bytes());
        assert_eq!(answer.header("x-request-id"), Some("from-the-gateway"));
    }
}

async fn one_connection_is_asked_for_this_and_that(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let right = [format!("Authorization: Bearer {}", key.secret)];
    let requests = [
        plain("/auth/verify", &right),
        plain("/auth/verify", &[]),
        plain("/healthz", &[]),
        plain("/auth/verify", &right),
        plain("/projects", &right),
    ];
    let answer = server.raw(requests.concat().as_bytes());
    let told = answer.text.split("HTTP/1.1 ").skip(1);
    let statuses: Vec<&str> = told.filter_map(|told| told.get(..3)).collect();
    assert_eq!(statuses, ["204", "401", "200", "204", "200"], "{answer:?}");
}

async fn a_question_in_pieces_is_answered_when_it_is_whole(engine: Engine) {
    let server = TestServer::start(engine);
    let key = server.generate(&server.person("Mira"));
    let right = [format!("Authorization: Bearer {}", key.secret)];
    let request = plain("/auth/verify", &right);
    let mut stream = TcpStream::connect(server.authority()).unwrap();
    stream.set_nodelay(true).unwrap();
    for _ in 0..2 {
        for piece in request.as_bytes().chunks(40) {
            stream.write_all(piece).unwrap();
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut answer = [0; 4_096];
        let length = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

/// What comes until the server closes, and after how long it does.
fn until_closed(mut stream: TcpStream) -> (String, Duration) {
    let begun = Instant::now();
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).unwrap();
    let mut answer = Vec::new();
    // Where a client still writes, the end may be a reset.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer, begun.elapsed())
}

async fn who_is_silent_or_slow_for_too_long_is_closed(engine: Engine) {
    let server = TestServer::start(engine);
    let begun = "GET /auth/verify HTTP/1.1\r\nhost: a";
    let asked = plain("/auth/verify", &[]);
    let cases = [
        ("", "", false),
        (begun, "HTTP/1.1 408", false),
        (begun, "HTTP/1.1 408", true),
        (&asked, "HTTP/1.1 401", false),
    ];
    let waiting = cases.map(|(sent, _, goes_on)| {
        let mut stream = TcpStream::connect(server.authority()).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let mut writer = stream.try_clone().unwrap();
        std::thread::spawn(move || {
            while goes_on && writer.write_all(b"a").is_ok() {
                std::thread::sleep(Duration::from_millis(500));
            }
        });
        std::thread::spawn(|| until_closed(stream))
    });
    for (closed, (_, begins, _)) in waiting.into_iter().zip(cases) {
        let (answer, time) = closed.join().unwrap();
        assert!(answer.starts_with(begins), "{answer}");
        let seconds = time.as_secs();
        assert!((4..14).contains(&seconds), "{begins:?} {time:?}");
    }
}

async fn a_stopping_server_does_not_wait_for_silent_gateways(engine: Engine) {
    let mut server = TestServer::start(engine);
    let mut stream = TcpStream::connect(server.authority()).unwrap();
    let request = plain("/auth/verify", &[]);
    stream.write_all(request.as_bytes()).unwrap();
    assert!(stream.read(&mut [0; 4_096]).unwrap() > 0);
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(until_closed(stream).0, "");
}
