//! What happens in the demo, and when.

use rand::RngExt;
use rand::rngs::StdRng;

use crate::clock::Instant;
use crate::demo::keys::{self, Fate};
use crate::demo::others;
use crate::demo::people::Who;
use crate::demo::projects;

/// Something that happens at one instant. Keys and projects come with their place in the list, by
/// which later scenes find them again.
#[derive(Clone, Copy)]
pub(super) enum Scene {
    /// A key is generated.
    Generate(usize, keys::Sample),
    /// A key's fate is fulfilled.
    Fulfil(usize, keys::Sample),
    /// A key is refused a change that it has no scope for.
    Deny(usize, keys::Sample),
    /// A project is created.
    Create(usize, projects::Sample),
    /// A project gets its description.
    Describe(usize, projects::Sample),
    /// Somebody logs in.
    LogIn(Who),
    /// Somebody mistypes the password.
    Mistype(Who),
    /// Somebody goes.
    Leave,
    /// Somebody is invited.
    Invite,
}

/// Every scene with its instant, the earliest first.
pub(super) fn scenes(random: &mut StdRng, now: Instant) -> Vec<(Instant, Scene)> {
    let mut days = Vec::new();
    for (place, key) in keys::all().into_iter().enumerate() {
        days.push((key.made, Scene::Generate(place, key)));
        match key.fate {
            Fate::Lives => {}
            Fate::Paused { on, .. }
            | Fate::Revoked { on, .. }
            | Fate::Overtaken { on, .. }
            | Fate::Deleted { on } => days.push((on, Scene::Fulfil(place, key))),
        }
        if let (Some((on, _)), Fate::Lives) = (key.traffic.burst, key.fate) {
            days.extend([(on, Scene::Deny(place, key)); 3]);
        }
    }
    for (place, project) in projects::SAMPLES.into_iter().enumerate() {
        days.push((project.made, Scene::Create(place, project)));
        days.extend(
            project
                .changed
                .map(|on| (on, Scene::Describe(place, project))),
        );
    }
    days.extend(log_ins(random));
    days.extend([
        (others::LEFT, Scene::Leave),
        (others::INVITED, Scene::Invite),
    ]);
    let mut scenes: Vec<_> = days
        .into_iter()
        .map(|(ago, scene)| (on_day(ago, random, now), scene))
        .collect();
    scenes.sort_by_key(|(at, _)| *at);
    scenes
}

/// Each of them about every fifth day, and now and then with the wrong password.
fn log_ins(random: &mut StdRng) -> Vec<(i64, Scene)> {
    let mut days = vec![(0, Scene::LogIn(Who::Mira))];
    for who in Who::ALL {
        for ago in 1..90 {
            if random.random_ratio(1, 5) {
                days.push((ago, Scene::LogIn(who)));
            }
            if random.random_ratio(1, 40) {
                days.push((ago, Scene::Mistype(who)));
            }
        }
    }
    days
}

/// An instant so many days ago, or within the last hour.
fn on_day(ago: i64, random: &mut StdRng, now: Instant) -> Instant {
    match ago {
        0 => now.plus_seconds(-random.random_range(300..3_000)),
        _ => now
            .plus_days(-ago)
            .plus_seconds(random.random_range(180..24_000)),
    }
}
