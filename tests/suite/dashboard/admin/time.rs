//! How long the list takes, for many keys against few: figures to read, as ratios of one run.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::dashboard::admin::LIST;
use crate::dashboard::admin::crowd::fill;
use crate::harness::{Browser, Engine, TestServer, on_each_engine};

on_each_engine!(
    the_list_of_many_keys_is_measured,
    a_members_list_is_measured
);

const ROUNDS: usize = 9;

async fn fastest(browser: &mut Browser, path: &str) -> Duration {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        browser.get(path).await.must_be(200);
        times.push(begun.elapsed());
    }
    times.into_iter().min().unwrap()
}

fn many() -> Option<usize> {
    std::env::var("INVENTORY_KEYS")
        .ok()
        .map(|count| count.parse().unwrap())
}

/// Measures where `INVENTORY_KEYS` says how many keys are many.
async fn the_list_of_many_keys_is_measured(engine: Engine) {
    let Some(many) = many() else { return };
    let queries = [
        "",
        "owner=mira@example.com",
        "status=active",
        "status=paused",
        "status=expired",
        "status=revoked",
        "environment=production",
        "scope=audit:read",
        "scope=projects:read",
        "scope=none:read",
        "endless=yes",
        "unused=90",
        "unused=390",
        "unused=3000",
        "old=yes",
        "called=yes",
        "leaked=yes",
        "status=active&unused=90&environment=production",
        "sort=name",
        "sort=expires_at",
        "sort=last_used_at",
        "sort=-last_used_at",
        "status=expired&sort=-last_used_at",
        "q=number+77",
        "q=nothing+at+all",
    ];
    let mut figures = Vec::new();
    let mut last = Vec::new();
    for count in [1_000, many] {
        let server = TestServer::start(engine);
        let (mira, ravi, ada) = (
            server.person("Mira"),
            server.person("Ravi"),
            server.admin("Ada"),
        );
        fill(&server, &[&mira, &ravi], count);
        let mut browser = server.logged_in(&ada).await;
        let mut times = Vec::new();
        for query in queries {
            times.push(fastest(&mut browser, &format!("{LIST}?{query}")).await);
        }
        let id =
            server.words("SELECT id AS word FROM tokens ORDER BY created_at LIMIT 1 OFFSET 60");
        let deep = format!("{LIST}?page=1900&after={}", id[0]);
        last.push(fastest(&mut browser, &deep).await);
        last.push(fastest(&mut browser, "/dashboard/admin/report").await);
        figures.push(times);
        if count == many {
            measure_export(&server, &browser).await;
        }
    }
    for (place, query) in queries.iter().enumerate() {
        let (few, many) = (figures[0][place], figures[1][place]);
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        println!("{engine:?} {few:>10.2?} {many:>10.2?} {ratio:>5.2} {query}");
    }
    println!(
        "{engine:?} deep page {:.2?} {:.2?}, report {:.2?} {:.2?}",
        last[0], last[2], last[1], last[3]
    );
}

/// An export, of which nothing is kept: how much memory the process takes for it.
async fn measure_export(server: &TestServer, browser: &Browser) {
    let cookies: Vec<_> = browser
        .jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let ask = format!(
        "GET {LIST}/export.csv HTTP/1.1\r\nhost: x\r\ncookie: {}\r\nconnection: close\r\n\r\n",
        cookies.join("; ")
    );
    let authority = server.authority().to_owned();
    let read = move || {
        let resident = || {
            let status = std::fs::read_to_string("/proc/self/status").unwrap();
            let line = status
                .lines()
                .find(|line| line.starts_with("VmRSS"))
                .unwrap();
            line.split_whitespace()
                .nth(1)
                .unwrap()
                .parse::<u64>()
                .unwrap()
        };
        let begun = Instant::now();
        let mut stream = TcpStream::connect(authority).unwrap();
        stream.write_all(ask.as_bytes()).unwrap();
        let (mut part, mut bytes, mut rows) = (vec![0; 65_536], 0, 0);
        let (before, mut most) = (resident(), 0);
        loop {
            let read = stream.read(&mut part).unwrap();
            if read == 0 {
                break;
            }
            bytes += read;
            rows += part[..read]
                .windows(2)
                .filter(|two| *two == b"\r\n")
                .count();
            most = most.max(resident());
        }
        println!(
            "export: {rows} lines, {bytes} bytes in {:?}; resident {before} kB before, at most {most} kB",
            begun.elapsed()
        );
    };
    tokio::task::spawn_blocking(read).await.unwrap();
}

/// The same for the list of one's own keys: 10,000 against 10.
async fn a_members_list_is_measured(engine: Engine) {
    const OWN: &str = "/dashboard/settings/tokens";
    if many().is_none() {
        return;
    }
    let server = TestServer::start(engine);
    let (mira, ravi) = (server.person("Mira"), server.person("Ravi"));
    fill(&server, &[&mira], 10_000);
    for _ in 0..10 {
        server.generate(&ravi);
    }
    let (mut her, mut his) = (server.logged_in(&mira).await, server.logged_in(&ravi).await);
    let few = fastest(&mut his, OWN).await;
    for query in [
        "",
        "?status=all",
        "?sort=-last_used_at",
        "?sort=name",
        "?sort=expires_at",
        "?page=100",
        "?page=9999",
        "?sort=-last_used_at&page=9999",
        "?q=number+77",
    ] {
        let many = fastest(&mut her, &format!("{OWN}{query}")).await;
        let ratio = many.as_secs_f64() / few.as_secs_f64();
        println!("{engine:?} 10 keys {few:.2?}, 10,000 keys {many:.2?}, {ratio:.2} {query}");
    }
}
