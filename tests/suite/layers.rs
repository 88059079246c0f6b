//! The house has floors, and arrows point down only: read off the `use` lines of every file.

use std::path::{Path, PathBuf};

/// Every file of the program: its path below `src/`, and the paths it uses.
fn sources() -> Vec<(String, Vec<String>)> {
    let files = code().into_iter();
    files.map(|(file, code)| (file, paths(&code))).collect()
}

/// Every file of the program: its path below `src/`, and its code, unit tests and comments aside.
fn code() -> Vec<(String, String)> {
    fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|kind| kind == "rs")
                // Tests beside the code may look at it from wherever they like.
                && path.file_name().is_some_and(|name| name != "tests.rs")
            {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let code = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let code: String = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        let name = file
            .strip_prefix(&root)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        (name, code)
    };
    files.into_iter().map(code).collect()
}

/// The paths that a file names: those it imports, groups taken apart, and those written out.
fn paths(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for statement in code.split(';') {
        let statement = statement.trim_start_matches(|one: char| one.is_whitespace() || one == '}');
        let statement = statement
            .trim_start_matches("pub ")
            .trim_start_matches("pub(crate) ");
        match statement.strip_prefix("use ") {
            Some(tree) => expand("", tree, &mut paths),
            None => paths.extend(
                statement
                    .split(|one: char| !one.is_alphanumeric() && one != '_' && one != ':')
                    .filter(|word| word.contains("::"))
                    .map(str::to_owned),
            ),
        }
    }
    paths
}

/// `a::{b, c::{d}}` becomes `a::b` and `a::c::d`.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, group)) = tree.split_once('{') else {
        paths.push(format!("{prefix}{tree}"));
        return;
    };
    let prefix = format!("{prefix}{head}");
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    let (mut depth, mut start) = (0, 0);
    for (place, one) in group.char_indices() {
        match one {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&prefix, &group[start..place], paths);
                start = place + 1;
            }
            _ => {}
        }
    }
    if !group[start..].trim().is_empty() {
        expand(&prefix, &group[start..], paths);
    }
}

/// In files for which `stays_out` is true, no path begins with one of `banned`.
fn keep_out(banned: &[&str], stays_out: impl Fn(&str) -> bool) {
    let mut found = Vec::new();
    for (file, paths) in sources() {
        for path in paths.iter().filter(|_| stays_out(&file)) {
            if banned
                .iter()
                .any(|banned| path == banned || path.starts_with(&format!("{banned}::")))
            {
                found.push(format!("{file}: {path}"));
            }
        }
    }
    assert_eq!(found, [""; 0]);
}

fn is_in(file: &str, places: &[&str]) -> bool {
    places.iter().any(|place| file.starts_with(place))
}

#[test]
fn diesel_is_spoken_in_the_database_in_repositories_and_by_rows_alone() {
    keep_out(&["diesel", "diesel_migrations"], |file| {
        let row = file.ends_with("model.rs") || file == "audit/event.rs";
        !is_in(file, &["db/"]) && !file.ends_with("repository.rs") && !row
    });
}

#[test]
fn actix_is_spoken_at_the_edge_alone() {
    let edge = [
        "api/",
        "dashboard/",
        "server/",
        "routes.rs",
        "cli/serve.rs",
        "account/session/store.rs",
    ];
    keep_out(&["actix_web", "actix_session"], |file| !is_in(file, &edge));
}

#[test]
fn askama_is_spoken_in_the_dashboard_alone() {
    keep_out(&["askama"], |file| !is_in(file, &["dashboard/"]));
}

#[test]
fn features_know_nothing_of_the_edge() {
    let features = ["token/", "policy/", "account/", "project/", "audit/", "db/"];
    let edge = [
        "crate::api",
        "crate::dashboard",
        "crate::server",
        "crate::routes",
        "crate::cli",
    ];
    keep_out(&edge, |file| is_in(file, &features));
}

#[test]
fn the_two_faces_know_nothing_of_each_other() {
    keep_out(&["crate::dashboard", "crate::cli"], |file| {
        is_in(file, &["api/"])
    });
    keep_out(&["crate::api", "crate::cli"], |file| {
        is_in(file, &["dashboard/"])
    });
    keep_out(&["crate::api", "crate::dashboard"], |file| {
        is_in(file, &["cli/"])
    });
}

#[test]
fn a_key_changes_nothing_but_in_a_transaction_that_checks_it_once_more() {
    let writes = |code: &str| {
        let ways = [".write(", "write_now", "Database::write"];
        ways.iter().any(|way| code.contains(way))
    };
    let code = code().into_iter();
    let mut writing: Vec<_> = code
        .filter(|(file, code)| file.starts_with("api/") && writes(code))
        .map(|(file, _)| file)
        .collect();
    writing.sort_unstable();
    assert_eq!(writing, ["api/write.rs"]);
}

#[test]
fn pure_files_do_no_input_or_output() {
    let pure = [
        "token/secret.rs",
        "token/scope.rs",
        "token/lifetime.rs",
        "token/lines.rs",
        "token/list/mod.rs",
        "token/unusual/rules.rs",
        "token/environment.rs",
        "token/escalation.rs",
        "token/draft.rs",
        "policy/mod.rs",
        "account/email.rs",
        "audit/event.rs",
        "audit/key.rs",
        "audit/chain.rs",
        "audit/checkpoint.rs",
        "audit/verify.rs",
        "audit/export.rs",
        "audit/flood.rs",
        "text.rs",
        "clock.rs",
        "id.rs",
    ];
    let files = sources();
    for name in pure {
        assert!(
            files.iter().any(|(file, _)| file == name),
            "{name} has moved"
        );
    }
    let outside = [
        "std::fs",
        "std::io",
        "std::env",
        "std::process",
        "std::net::TcpStream",
        "tokio",
        "log",
        "crate::db::Database",
        "crate::db::Connection",
    ];
    keep_out(&outside, |file| pure.contains(&file));
}

#[test]
fn paths_are_read_out_of_every_way_to_write_them() {
    let code = "use a::b;\npub(crate) use c::{d, e::{f, g}};\nfn x() { h::i(j::<K>::l()) }";
    let read = paths(code);
    for path in ["a::b", "c::d", "c::e::f", "c::e::g", "h::i", "j::"] {
        assert!(
            read.iter().any(|one| one.starts_with(path)),
            "{path}: {read:?}"
        );
    }
}
