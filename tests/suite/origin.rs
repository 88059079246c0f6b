//! Who a request is believed to come from, and what its headers may say of the server.

use std::collections::HashSet;

use crate::harness::{Client, Engine, Key, Person, TestServer, lines, on_each_engine};

on_each_engine!(
    a_forwarded_address_is_believed_of_a_trusted_proxy_alone,
    bytes_that_are_no_text_hide_no_address_that_a_proxy_names,
    a_request_id_is_believed_of_a_trusted_proxy_alone,
    a_forged_host_is_never_reflected,
    a_key_is_used_from_its_networks_alone,
);

/// A key for one network, and a client that presents it.
fn bound_to(server: &TestServer, person: &Person, network: &str) -> (Key, Client) {
    let key = server.generate_with(person, |draft| draft.allowed_cidrs = lines(&[network]));
    let client = server.key(&key);
    (key, client)
}

fn behind_a_proxy(engine: Engine) -> TestServer {
    TestServer::start_with(engine, |settings| {
        settings.trusted_proxies = vec![
            "127.0.0.0/8".parse().unwrap(),
            "10.0.0.0/8".parse().unwrap(),
        ];
    })
}

async fn a_forwarded_address_is_believed_of_a_trusted_proxy_alone(engine: Engine) {
    let forged = "203.0.113.7";
    let direct = TestServer::start(engine);
    let (_, client) = bound_to(&direct, &direct.person("Mira"), "203.0.113.0/24");
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip"] {
        let answer = client
            .ask("GET", "/projects")
            .header(name, forged)
            .send()
            .await;
        answer.must_be_error(403, "address_not_allowed");
    }

    let server = behind_a_proxy(engine);
    let (_, client) = bound_to(&server, &server.person("Mira"), "203.0.113.0/24");
    for (forwarded, status) in [
        ("203.0.113.7", 200),
        ("::ffff:203.0.113.7", 200),
        ("192.0.2.1, 203.0.113.7", 200),
        ("203.0.113.7, 10.0.0.1", 200),
        // What stands before the first address that is no proxy's is hearsay.
        ("203.0.113.7, 192.0.2.1", 403),
        ("203.0.113.7, 192.0.2.1, 10.0.0.1", 403),
        ("nonsense, 203.0.113.7", 200),
        ("203.0.113.7, nonsense", 403),
        ("10.0.0.1", 403),
        ("", 403),
    ] {
        let ask = client.ask("GET", "/projects");
        let answer = ask.header("x-forwarded-for", forwarded).send().await;
        assert_eq!(answer.status, status, "{forwarded}");
    }
    let twice = client
        .ask("GET", "/projects")
        .header("x-forwarded-for", "203.0.113.7");
    let answer = twice.header("x-forwarded-for", "192.0.2.1").send().await;
    answer.must_be_error(403, "address_not_allowed");
    for name in ["forwarded", "x-real-ip"] {
        let answer = client
            .ask("GET", "/projects")
            .header(name, forged)
            .send()
            .await;
        answer.must_be_error(403, "address_not_allowed");
    }
}

/// A proxy adds the sender's address to whatever the sender claims.
async fn bytes_that_are_no_text_hide_no_address_that_a_proxy_names(engine: Engine) {
    let server = behind_a_proxy(engine);
    let mira = server.person("Mira");
    let (of_the_proxy, _) = bound_to(&server, &mira, "127.0.0.0/8");
    let (of_the_sender, _) = bound_to(&server, &mira, "203.0.113.0/24");
    for path in ["/auth/verify", "/projects"] {
        for (key, wanted) in [(&of_the_proxy, 403), (&of_the_sender, 200)] {
            let request = [
                format!("GET {path}?status=200 HTTP/1.1\r\nHost: a\r\n").as_bytes(),
                format!("Authorization: Bearer {}\r\n", key.secret).as_bytes(),
                b"X-Forwarded-For: \xff, 203.0.113.7\r\n\r\n",
            ]
            .concat();
            assert_eq!(server.raw(&request).status, Some(wanted), "{path}");
        }
    }
}

async fn a_request_id_is_believed_of_a_trusted_proxy_alone(engine: Engine) {
    let id_of = async |server: &TestServer, asked: &[u8]| {
        let ask = server.anonymous().ask("GET", "/projects");
        let answer = ask.header("x-request-id", asked).send().await;
        answer.header("x-request-id").unwrap().to_owned()
    };
    let direct = TestServer::start(engine);
    let mut ids = HashSet::new();
    for _ in 0..20 {
        ids.insert(id_of(&direct, b"chosen").await);
    }
    assert_eq!(ids.len(), 20);
    assert!(!ids.contains("chosen"));

    let server = behind_a_proxy(engine);
    let longest = "x".repeat(128);
    for good in ["chosen", "a/b:c=d;e", &longest] {
        assert_eq!(id_of(&server, good.as_bytes()).await, good);
    }
    let long = "x".repeat(129);
    for bad in [
        &b""[..],
        b"a b",
        b"a\tb",
        b"caf\xc3\xa9",
        b"\xff",
        long.as_bytes(),
    ] {
        assert_ne!(id_of(&server, bad).await.as_bytes(), bad);
    }
}

async fn a_forged_host_is_never_reflected(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.public_url = Some("https://keys.example.com".parse().unwrap());
        settings.api_url = Some("https://api.example.com".parse().unwrap());
    });
    let mira = server.person("Mira");
    let key = server.generate_scoped(&mira, &["projects:write", "tokens:write"]);
    let host = "evil.example.org";
    let body = "{\"name\":\"Site\"}";
    for path in ["/projects", "/tokens", "/nothing"] {
        let mut ask = server.key(&key).ask("POST", path);
        for name in [
            "host",
            "x-forwarded-host",
            "x-forwarded-server",
            "x-original-host",
            "forwarded",
            "origin",
            "referer",
        ] {
            let value = if name == "forwarded" {
                "host=evil.example.org"
            } else {
                host
            };
            ask = ask.header(name, value);
        }
        let answer = ask.body("application/json", body).send().await;
        assert!(!answer.compared().contains(host), "{answer}");
        if let Some(location) = answer.header("location") {
            assert!(location.starts_with("https://api.example.com/"), "{answer}");
        }
    }
    let absolute =
        format!("GET http://{host}/nothing HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    assert!(!server.raw(absolute.as_bytes()).text.contains(host));
}

async fn a_key_is_used_from_its_networks_alone(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.person("Mira");
    for (network, status) in [
        ("127.0.0.0/8", 200),
        ("127.0.0.1/32", 200),
        ("0.0.0.0/0", 200),
        ("127.0.0.2/32", 403),
        ("10.0.0.0/8", 403),
        ("::1/128", 403),
        ("::/0", 403),
    ] {
        let (key, client) = bound_to(&server, &mira, network);
        let answer = client.get("/projects").await;
        assert_eq!(answer.status, status, "{network}");
        if status == 403 {
            let answer = answer.must_be_error(403, "address_not_allowed");
            assert_eq!(answer.json()["error"], "Address not allowed");
            let challenge = "Bearer realm=\"DeskForge\", error=\"insufficient_scope\"";
            assert_eq!(answer.header("www-authenticate"), Some(challenge));
        }
        server.revoke(&key);
    }
}
