//! `scripts/soak`: the same at length, with a table of what was seen.

use serde_json::{Map, Value};

use crate::harness::Engine;
use crate::load::{Plan, run};
use crate::site::Site;

fn number(name: &str) -> u64 {
    std::env::var(name).unwrap().parse().unwrap()
}

#[test]
#[ignore = "takes half an hour"]
fn a_revocation_is_immediate_at_length() {
    let plan = Plan {
        revocations: usize::try_from(number("SOAK_REVOCATIONS")).unwrap(),
        checked: number("SOAK_REQUESTS"),
        connections: 24,
    };
    let mut told = Map::new();
    for engine in [Engine::Postgres, Engine::Sqlite] {
        let mut site = Site::start(engine, &[]);
        let mut seen = run(&mut site, plan, |_, _| ());
        seen.must_be_kept(plan);
        site.restart();
        seen.must_be_counted(&site);
        let (names, figures): (Vec<_>, Vec<_>) = seen.figures().into_iter().unzip();
        if told.is_empty() {
            println!("{:<11}{}", "database", row(&names));
        }
        let name = format!("{engine:?}");
        println!("{name:<11}{}", row(&figures));
        let figures = figures.into_iter().map(Value::from);
        let object: Map<_, _> = names.into_iter().map(str::to_owned).zip(figures).collect();
        told.insert(name, object.into());
    }
    println!("{}", Value::from(told));
}

fn row<T: ToString>(cells: &[T]) -> String {
    let cell = |cell: &T| format!("{:>12}", cell.to_string());
    cells.iter().map(cell).collect()
}
