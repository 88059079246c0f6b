use super::*;

fn now() -> Instant {
    Instant::parse("2026-11-27T14:03:00Z").unwrap()
}

fn day(ago: i64, requests: i64, refusals: i64) -> Day {
    let first_at = now().plus_days(-ago);
    Day {
        day: first_at.day(),
        requests,
        refusals,
        first_at,
    }
}

/// A key of 90 days that curl calls from one address, a hundred times a day.
fn usual() -> History {
    let token_id = Id::new();
    History {
        token_id,
        created_at: now().plus_days(-90),
        family_since: now().plus_days(-90),
        days: (0..67).rev().map(|ago| day(ago, 100, 1)).collect(),
        callers: vec![seen(token_id, "10.0.4.17", "curl/8.5", 90)],
    }
}

fn seen(token_id: Id, address: &str, client: &str, ago: i64) -> Seen {
    Seen {
        token_id,
        address: address.to_owned(),
        client: client.to_owned(),
        first_at: now().plus_days(-ago),
    }
}

fn told(history: &History) -> Vec<(Kind, String)> {
    let found = history.judge(now()).into_iter();
    found.map(|one| (one.kind, one.what)).collect()
}

#[test]
fn an_address_or_client_never_seen_is_told_for_a_week() {
    let mut history = usual();
    assert_eq!(told(&history), []);
    history
        .callers
        .push(seen(history.token_id, "203.0.113.9", "curl/8.5", 6));
    history.callers.push(seen(
        history.token_id,
        "10.0.4.17",
        "python-requests/2.31",
        2,
    ));
    let expected = [
        (Kind::Address, "203.0.113.9".to_owned()),
        (Kind::Client, "python-requests/2.31".to_owned()),
    ];
    assert_eq!(told(&history), expected);
    let reason = &history.judge(now())[0].reason;
    assert_eq!(
        reason,
        "First call from 203.0.113.9 (curl/8.5), an address never seen on this key."
    );
    history.callers[1].first_at = now().plus_days(-7);
    assert_eq!(told(&history), expected[1..]);
    // Nor are a new version, callers of another key of the family, or those not told apart.
    history.callers.truncate(1);
    let token_id = history.token_id;
    history
        .callers
        .push(seen(token_id, "10.0.4.17", "curl/8.6", 1));
    history
        .callers
        .push(seen(Id::new(), "10.9.9.9", "curl/8.6", 1));
    history.callers.push(seen(token_id, "", "others", 1));
    assert_eq!(told(&history), []);
}

#[test]
fn a_young_key_and_one_with_many_callers_may_have_new_ones() {
    let mut history = usual();
    let token_id = history.token_id;
    history
        .callers
        .push(seen(token_id, "10.0.0.9", "curl/8.5", 1));
    assert_eq!(told(&history).len(), 1);
    let young = History {
        family_since: now().plus_days(-7),
        ..history.clone()
    };
    assert_eq!(told(&young), []);
    for host in 0..20 {
        let address = format!("198.51.100.{host}");
        history
            .callers
            .push(seen(token_id, &address, "curl/8.5", 40));
    }
    assert_eq!(told(&history), []);
}

#[test]
fn the_first_caller_of_all_is_nobody_new() {
    let mut history = usual();
    history.days = vec![day(0, 3, 0)];
    history.callers = vec![seen(history.token_id, "10.0.4.17", "curl/8.5", 0)];
    history.created_at = now().plus_days(-59);
    history.family_since = history.created_at;
    assert_eq!(told(&history), []);
}

#[test]
fn a_key_that_slept_for_long_and_wakes_is_told() {
    let mut history = usual();
    history.days = vec![day(66, 5, 0), day(2, 1, 0), day(1, 9, 0)];
    assert_eq!(told(&history), [(Kind::Woken, "2026-11-25".to_owned())]);
    history.days.insert(1, day(62, 1, 0));
    assert_eq!(told(&history), []);
}

#[test]
fn a_day_far_busier_than_all_before_is_told_once() {
    let mut history = usual();
    history.days[65] = day(1, 501, 1);
    history.days[66] = day(0, 600, 1);
    assert_eq!(told(&history), [(Kind::Surge, "2026-11-26".to_owned())]);
    assert_eq!(
        history.judge(now())[0].reason,
        "501 requests on 26 Nov 2026; the busiest of the 28 days before had 100."
    );
    history.days.drain(..60);
    history.created_at = now().plus_days(-7);
    assert_eq!(told(&history), [], "a week has not been seen");
}

#[test]
fn a_burst_of_refusals_is_told() {
    let mut history = usual();
    history.days[64] = day(2, 100, 99);
    history.days[65] = day(1, 100, 1_000);
    assert_eq!(told(&history), [(Kind::Refused, "2026-11-26".to_owned())]);
}
