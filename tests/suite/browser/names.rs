//! Odd names are inert, whole and laid out well wherever they appear.

use serde_json::json;

use crate::harness::{Engine, TestServer, run};

const LIST: &str = "/dashboard/settings/tokens";

fn odd_names() -> Vec<String> {
    vec![
        "Deploy 🚀 to the moon 👩‍🚀".to_owned(),
        "مفتاح الإنتاج للمتجر".to_owned(),
        "\u{202e}gnp.exe \u{2066}left open".to_owned(),
        "東".repeat(100),
        "W".repeat(100),
        "e\u{301}\u{323}\u{324}\u{330}\u{303}".repeat(16),
        "<script>window.pwned=1</script>".to_owned(),
        "O'Brien's \"blue\" key \\ `x`; DROP TABLE tokens;--".to_owned(),
    ]
}

#[test]
fn odd_names_are_inert_whole_and_laid_out_well() {
    run(async {
        let server = TestServer::start(Engine::Sqlite);
        let mira = server.person("Mira");
        let mut keys = Vec::new();
        for name in odd_names() {
            keys.push(server.generate_with(&mira, |draft| draft.name = name));
        }
        server.wait_seconds(30 * 86_400);
        // Whoever calls has an odd name too, and is told of as new.
        let now = server.now();
        for (key, name) in keys.iter().zip(odd_names()) {
            for (ago, address, client) in [(9, "10.0.0.1", "curl/8.5"), (0, "203.0.113.9", &*name)]
            {
                let at = now.plus_days(-ago);
                server.execute(&format!(
                    "INSERT INTO usage VALUES ('{}', {}, '{address}', '{}', 3, 0, 0, 0, 0, {at}, {at})",
                    key.id,
                    at.day(),
                    client.replace('\'', "''"),
                    at = at.micros()
                ));
            }
        }
        let ids: Vec<_> = keys.iter().map(|key| format!("ids={}", key.id)).collect();
        let mut pages = vec![
            "/dashboard".to_owned(),
            LIST.to_owned(),
            format!("{LIST}/revoke?{}", ids.join("&")),
        ];
        pages.extend(keys.iter().map(|key| format!("{LIST}/{}", key.id)));
        let window = server.chromium().await;
        window.log_in(&mira).await;
        let mut faults = Vec::new();
        for (number, page) in pages.iter().enumerate() {
            window.goto(page).await;
            let expected = match number {
                0..3 => odd_names(),
                _ => vec![odd_names().swap_remove(number - 3)],
            };
            let shown = window
                .evaluate("return [...document.querySelectorAll('main bdi')].map((one) => one.textContent)")
                .await;
            let shown = shown.as_array().unwrap();
            let missing = expected.iter().filter(|name| !shown.contains(&json!(name)));
            faults.extend(missing.map(|name| format!("{page}: not whole: {name}")));
            for width in [360, 768, 1_440] {
                window.widen(width).await;
                let state = window
                    .evaluate(
                        "return [window.pwned === undefined, document.scripts.length, \
                         document.documentElement.scrollWidth <= innerWidth]",
                    )
                    .await;
                if state != json!([true, 1, true]) {
                    faults.push(format!("{page} at {width}: {state}"));
                }
            }
            let complaints = window.complaints().await.into_iter();
            faults.extend(complaints.map(|one| format!("{page}: {one}")));
        }
        window.close().await;
        assert_eq!(faults, [""; 0]);
    });
}
