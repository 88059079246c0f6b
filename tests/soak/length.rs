//! `scripts/soak`: the same at length, with a table of what was seen.

use serde_json::{Map, Value};

use crate::harness::Engine;
use crate::load::{Plan, run};
use crate::site::Site;

/// So many keys a part: an account holds 10,000 active ones at most.
const PART: usize = 5_000;

fn number(name: &str) -> u64 {
    std::env::var(name).unwrap().parse().unwrap()
}

#[test]
#[ignore = "takes half an hour"]
fn a_revocation_is_immediate_at_length() {
    let revocations = usize::try_from(number("SOAK_REVOCATIONS")).unwrap();
    let parts = revocations.div_ceil(PART);
    let plan = Plan {
        revocations: revocations.div_ceil(parts),
        checked: number("SOAK_REQUESTS").div_ceil(parts as u64),
        connections: 96,
    };
    let each = |engine| (1..=parts).map(move |part| (engine, part));
    let mut table = String::new();
    let mut told = Map::new();
    for (engine, part) in [Engine::Postgres, Engine::Sqlite]
        .into_iter()
        .flat_map(each)
    {
        let mut site = Site::start(engine, &[]);
        let mut seen = run(&mut site, plan, |_, _| ());
        seen.must_be_kept(plan);
        site.restart();
        seen.must_be_counted(&site);
        let (names, figures): (Vec<_>, Vec<_>) = seen.figures().into_iter().unzip();
        if table.is_empty() {
            table = row("database", &names);
        }
        let name = format!("{engine:?} {part}");
        table += &row(&name, &figures);
        let figures = figures.into_iter().map(Value::from);
        let object: Map<_, _> = names.into_iter().map(str::to_owned).zip(figures).collect();
        told.insert(name, object.into());
    }
    table += &Value::from(told).to_string();
    table.push('\n');
    std::fs::write(std::env::var("SOAK_TABLE").unwrap(), table).unwrap();
}

fn row<T: ToString>(name: &str, cells: &[T]) -> String {
    let cell = |cell: &T| format!("{:>12}", cell.to_string());
    let cells: String = cells.iter().map(cell).collect();
    format!("{name:<11}{cells}\n")
}
