//! Exploring a model: whole, or up to the first way to break it.

use std::fmt::{Debug, Write as _};
use std::hash::Hash;
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use crate::properties::Told;

/// Visits every state that can be reached. Nothing that must hold is broken in any, and everything
/// that must be possible happens.
pub(crate) fn whole<M>(name: &str, model: M)
where
    M: Model<State: Told + Clone + Debug + Hash + PartialEq + Send + Sync>,
    M: Send + Sync + 'static,
    M::Action: Clone + Debug + PartialEq,
{
    let begun = Instant::now();
    let checker = model.checker().spawn_bfs().join();
    println!(
        "{name}: {} states, {} steps between them, the last {} steps away; {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        begun.elapsed().as_secs_f32(),
    );
    assert!(checker.is_done(), "{name}: not explored to the end");
    checker.assert_properties();
}

/// Finds the shortest way to break `property`, and gives its steps.
pub(crate) fn counter_example<M>(name: &str, model: M, property: &'static str) -> Vec<String>
where
    M: Model<State: Told + Clone + Debug + Hash + PartialEq + Send + Sync>,
    M: Send + Sync + 'static,
    M::Action: Clone + Debug + PartialEq,
{
    let checker = model
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let path = checker
        .discovery(property)
        .unwrap_or_else(|| panic!("{name} does no harm: {property}"));
    let steps: Vec<String> = path
        .into_actions()
        .iter()
        .map(|action| format!("{action:?}"))
        .collect();
    let mut told = format!("{name}: not true that {property}:\n");
    for (number, step) in steps.iter().enumerate() {
        let _ = writeln!(told, "  {:>2}. {step}", number + 1);
    }
    println!("{told}");
    steps
}
