//! Work that is dear is done a little at a time, whoever asks for how much of it.

use std::time::Duration;

use crate::harness::{Engine, Place, Program, run};

#[test]
fn a_flood_of_log_ins_takes_the_memory_of_a_few() {
    run(async {
        let place = Place::new(Engine::Sqlite);
        let program = Program::on(&place, &[]).env("DESKFORGE_TRUSTED_PROXIES", "127.0.0.0/8");
        let serving = program.serve(&place.data_dir().join("log"));
        let before = serving.peak_memory();
        let mut browser = serving.browser();
        let form = browser.open("/login").await.form("/login");
        let form = form.with("password", "not the one");
        let mut flood = tokio::task::JoinSet::new();
        for number in 0..300_u32 {
            // Each from elsewhere and for somebody else, or few of them would be judged at all.
            let form = form
                .clone()
                .with("email", &format!("nobody-{number}@example.com"));
            let address = format!("10.0.{}.{}", number / 256, number % 256);
            let ask = browser
                .ask("POST", "/login")
                .header("x-forwarded-for", address);
            let kind = "application/x-www-form-urlencoded";
            let send = ask.body(kind, form.encoded()).send();
            // Half of them do not wait for the answer: their work must not make room for more.
            let patience = Duration::from_millis(if number % 2 == 0 { 20 } else { 60_000 });
            flood.spawn(tokio::time::timeout(patience, send));
        }
        let answered = flood.join_all().await.into_iter().flatten();
        assert!(answered.filter(|answer| answer.status == 422).count() >= 150);
        let grown = serving.peak_memory() - before;
        // 4 at once take 19 MiB each; all at once would take 5,700 MiB, and a thread for each that
        // waits another 250.
        assert!(grown < 200, "{grown} MiB");
    });
}
