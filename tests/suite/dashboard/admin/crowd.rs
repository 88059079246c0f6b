//! Many keys of several people, of every kind.

use crate::harness::{Engine, Person, TestServer};

/// Makes so many keys of these people: in each hundred some of every state, environment, age and use.
pub(super) fn fill(server: &TestServer, owners: &[&Person], count: usize) {
    let key = server.generate(owners[0]);
    let now = server.now().micros();
    let (series, bytes) = match server.place().engine() {
        Engine::Sqlite => (
            format!(
                "WITH RECURSIVE series (n) AS \
                 (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {count})"
            ),
            "CAST('digest ' || n AS BLOB)",
        ),
        Engine::Postgres => (
            format!("WITH series (n) AS (SELECT * FROM generate_series(1, {count}))"),
            "convert_to('digest ' || n, 'UTF8')",
        ),
    };
    let cases: Vec<_> = owners
        .iter()
        .enumerate()
        .map(|(place, owner)| format!("WHEN {place} THEN '{}'", owner.id))
        .collect();
    let owner = format!("CASE n % {} {} END", owners.len(), cases.join(" "));
    let id = "substr(id, 1, 24) || (100000000000 + n)";
    let day = 86_400_000_000_i64;
    let today = server.now().day();
    // Ages and lives are spread by prime numbers, so that no two properties go together.
    let made = format!("{now} - (n * 37 % 400) * {day} - n");
    let used = format!("{now} - (n * 53 % 180) * {day} - n");
    server.execute_for_many(&format!(
        "{series} INSERT INTO tokens (id, owner_id, family_id, name, note, environment, scopes, \
         allowed_cidrs, locations, prefix, last_four, digest, secret_key_id, created_at, \
         created_by, updated_at, expires_at, paused_at, revoked_at, revoked_by, revoked_reason, \
         used_day) \
         SELECT {id}, {owner}, {id}, 'Key number ' || n, 'Note ' || n, \
         CASE n % 4 WHEN 0 THEN 'production' WHEN 1 THEN 'staging' WHEN 2 THEN 'development' \
         ELSE 'none' END, \
         CASE WHEN n % 50 = 7 THEN ' audit:read ' WHEN n % 3 = 0 THEN ' projects:write ' \
         ELSE ' projects:read self:rotate ' END, \
         allowed_cidrs, locations, prefix, substr('0000' || n, -4), {bytes}, secret_key_id, \
         {made}, created_by, {made}, \
         CASE WHEN n % 3 = 0 THEN NULL ELSE {made} + (n * 71 % 800) * {day} END, \
         CASE WHEN n % 41 = 0 THEN {made} END, \
         CASE WHEN n % 11 = 0 THEN {now} - (n % 30) * {day} END, \
         CASE WHEN n % 11 = 0 THEN owner_id END, \
         CASE WHEN n % 77 = 0 THEN 'Leaked' WHEN n % 11 = 0 THEN 'No longer needed' END, \
         CASE WHEN n % 2 = 0 THEN ({used}) / {day} ELSE -1 END \
         FROM tokens, series WHERE id = '{}'",
        key.id
    ).replace("substr('0000' || n, -4)", match server.place().engine() {
        Engine::Sqlite => "substr('0000' || n, -4)",
        Engine::Postgres => "right('0000' || n, 4)",
    }));
    let whose = "FROM tokens WHERE name LIKE 'Key number %'";
    let n = "CAST(substr(name, 12) AS BIGINT)";
    let used = used
        .replace("n ", &format!("{n} "))
        .replace("- n", &format!("- {n}"));
    server.run(&format!(
        "INSERT INTO last_uses (token_id, at, address, client) \
         SELECT id, {used}, '10.0.' || ({n} % 200) || '.7', 'curl/8.5' {whose} AND used_day >= 0"
    ));
    server.run(&format!(
        "INSERT INTO usage SELECT id, {today}, '10.0.' || ({n} % 200) || '.7', 'curl/8.5', \
         5, CASE WHEN revoked_at IS NULL THEN 0 ELSE 3 END, 0, 0, 0, {now}, {now} {whose} \
         AND {n} % 22 < 2"
    ));
    server.run(&format!(
        "UPDATE tokens SET refused_day = {today} \
         WHERE id IN (SELECT token_id FROM usage WHERE refused_dead > 0)"
    ));
    if server.place().engine() == Engine::Postgres {
        server.vacuum();
    }
}
