use super::*;

fn settings(scopes: &Scopes, life: Option<i64>) -> Settings<'_> {
    Settings {
        is_member: true,
        scopes,
        environment: Environment::None,
        life,
    }
}

fn names(policy: Policy) -> Vec<String> {
    let Err(Error::Invalid(errors)) = policy.check() else {
        panic!("taken")
    };
    errors.iter().map(|(field, _)| field.to_owned()).collect()
}

#[test]
fn the_policy_of_an_installation_that_sets_none_allows_everything() {
    let scopes: Scopes = ["projects:write"].iter().collect();
    let policy = Policy::default();
    assert_eq!(policy.broken_by(settings(&scopes, None)), []);
    assert_eq!(policy.offered_days(), PRESET_DAYS);
    assert_eq!(policy.clone().check().unwrap(), policy);
}

#[test]
fn every_rule_names_the_key_that_breaks_it_and_who_made_it() {
    let policy = Policy {
        longest_days: Some(90),
        allow_never: false,
        member_scopes: Some(["projects:write"].iter().collect()),
        environment_required: true,
        ..Policy::default()
    };
    let scopes: Scopes = ["projects:read", "introspect"].iter().collect();
    let broken = policy.broken_by(settings(&scopes, Some(90 * 86_400 + 1)));
    let told: Vec<&str> = broken.iter().map(|(_, told)| told.as_str()).collect();
    assert_eq!(
        told,
        [
            "Your admins allow at most 90 days",
            "Your admins do not let members grant \"introspect\"",
            "Your admins require an environment: development, staging or production",
        ]
    );
    // What is included in a scope that may be granted may be granted, and admins grant what they
    // like.
    let reads: Scopes = ["projects:read"].iter().collect();
    let fine = Settings {
        environment: Environment::Staging,
        ..settings(&reads, Some(90 * 86_400))
    };
    assert_eq!(policy.broken_by(fine), []);
    let of_admin = Settings {
        is_member: false,
        scopes: &scopes,
        ..fine
    };
    assert_eq!(policy.broken_by(of_admin), []);
}

#[test]
fn rules_out_of_bounds_or_against_each_other_are_refused() {
    let policy = Policy {
        longest_days: Some(0),
        default_days: 36_501,
        most_keys: Some(10_001),
        member_scopes: Some(Scopes::default()),
        unused_days: Some(-1),
        shortest_password: 14,
        ..Policy::default()
    };
    assert_eq!(
        names(policy),
        [
            "longest_days",
            "default_days",
            "most_keys",
            "unused_days",
            "shortest_password",
            "scopes"
        ]
    );
    let policy = Policy {
        longest_days: Some(30),
        ..Policy::default()
    };
    assert_eq!(names(policy), ["default_days"]);
}

#[test]
fn a_longest_lifetime_leaves_no_key_without_an_end() {
    let policy = Policy {
        longest_days: Some(400),
        ..Policy::default()
    };
    let policy = policy.check().unwrap();
    assert!(!policy.allow_never);
    let scopes = Scopes::default();
    assert_eq!(policy.broken_by(settings(&scopes, None)).len(), 1);
    assert_eq!(policy.offered_days(), [7, 30, 60, 90, 365, 400]);
}

#[test]
fn a_rule_is_stricter_where_it_lets_less_through() {
    let before = Policy::default();
    let after = Policy {
        longest_days: Some(90),
        allow_never: false,
        most_keys: Some(5),
        member_scopes: Some(["projects:read"].iter().collect()),
        environment_required: true,
        unused_days: Some(30),
        ..Policy::default()
    };
    assert_eq!(after.stricter_than(&before), Rule::ALL);
    assert_eq!(before.stricter_than(&after), []);
    assert_eq!(after.stricter_than(&after), []);
}
