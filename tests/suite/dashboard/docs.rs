//! `/dashboard/docs`: the authentication guide, word for word, with this server's address.

use std::path::Path;

use crate::harness::{Engine, Page, TestServer, on_each_engine};

on_each_engine!(
    the_guide_stands_there_with_this_servers_address,
    the_answers_it_shows_are_those_that_come,
);

const HEADINGS: [&str; 22] = [
    "API Authentication",
    "Overview",
    "Getting an API Key",
    "Important",
    "Using Your API Key",
    "Example Request",
    "Code Examples",
    "JavaScript / Node.js",
    "Python",
    "Go",
    "API Key Management",
    "Rotating Keys",
    "Revoking Keys",
    "Authentication Error Responses",
    "Missing API Key",
    "Invalid API Key",
    "Expired API Key",
    "Security Best Practices",
    "✓ Use Environment Variables",
    "✓ Rotate Regularly",
    "✓ Use Separate Keys",
    "✓ Monitor Usage",
];

async fn guide(server: &TestServer) -> Page {
    let mut browser = server.logged_in(&server.person("Mira")).await;
    browser.open("/dashboard/docs").await
}

/// An example of the guide, as the tests run it, without its spaces.
fn example(file: &str, address: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/seed")
        .join(file);
    let text = std::fs::read_to_string(path).unwrap();
    squeezed(&text.replace("https://api.deskforge.app", address))
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

async fn the_guide_stands_there_with_this_servers_address(engine: Engine) {
    let server = TestServer::start_with(engine, |settings| {
        settings.public_url = Some("https://keys.example.com".parse().unwrap());
        settings.api_url = Some("https://api.example.com".parse().unwrap());
    });
    let page = guide(&server).await;
    let headings = page.texts("h1, h2, h3");
    assert_eq!(headings[..HEADINGS.len()], HEADINGS);
    for words in [
        "Log in to your DeskForge Dashboard at https://keys.example.com/dashboard",
        "Navigate to Settings → Access Tokens",
        "Click Generate New Token",
        "Copy the token immediately - you won't be able to see it again",
        "API keys are shown only once during creation.",
        "Authorization: Bearer YOUR_API_KEY",
        "Delete the old key from your dashboard",
        "Revoking a key immediately invalidates it. All requests using that key will fail.",
        "500 requests or more on one day, and over 5 times the busiest of the 28 days before.",
        "https://api.example.com/auth/verify",
        "Never share API keys via email, Slack, or other communication channels.",
    ] {
        assert!(page.words().contains(words), "{words}");
    }
    let code: Vec<_> = page
        .texts("pre code")
        .iter()
        .map(|text| squeezed(text))
        .collect();
    for file in ["example.sh", "example.js", "example.py", "example.go"] {
        let example = example(file, "https://api.example.com");
        assert!(code.contains(&example), "{file}: {example}\n{code:#?}");
    }
}

async fn the_answers_it_shows_are_those_that_come(engine: Engine) {
    let server = TestServer::start(engine);
    let mira = server.admin("Ada");
    let end = server.now().plus_days(1);
    let expired = server.generate_with(&mira, |draft| draft.expires_at = Some(end));
    server.wait_until(end);
    let page = guide(&server).await;
    let code: Vec<_> = page
        .texts("pre code")
        .iter()
        .map(|text| squeezed(text))
        .collect();
    for client in [
        server.anonymous(),
        server.bearer("df_x"),
        server.key(&expired),
    ] {
        let answer = client.get("/projects").await.must_be(401);
        let shown = squeezed(&format!("HTTP/1.1 401 Unauthorized {}", answer.text()));
        assert!(code.contains(&shown), "{shown}\n{code:#?}");
    }
}
