//! A key that somebody asks for, before it exists: the one place that says what may be asked.

use ipnet::IpNet;

use crate::clock::Instant;
use crate::error::{Error, FieldErrors};
use crate::text;
use crate::token::environment::Environment;
use crate::token::lifetime::Lifetime;
use crate::token::lines::Lines;
use crate::token::scope::{Scope, Scopes};
use crate::token::terms::Terms;

/// The most scopes of a key.
pub const SCOPES: usize = 64;
/// The most networks of a key.
const CIDRS: usize = 32;
/// The most places of a key, and the characters of each.
const LOCATIONS: (usize, usize) = (20, 200);

/// The settings of a new key as they were written, whichever face they came through.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The name.
    pub name: String,
    /// A note.
    pub note: String,
    /// The environment; none chooses the default.
    pub environment: Option<String>,
    /// The scopes; none chooses the default.
    pub scopes: Option<Vec<String>>,
    /// The networks it may be used from.
    pub allowed_cidrs: Vec<String>,
    /// The places it will be kept in.
    pub locations: Vec<String>,
}

/// The settings of a new key, each within its bounds.
#[derive(Clone, Debug)]
pub struct Draft {
    /// 1 to 100 characters.
    pub name: String,
    /// Up to 1,000 characters.
    pub note: String,
    /// The environment.
    pub environment: Environment,
    /// At least one.
    pub scopes: Scopes,
    /// When it ends; none means never.
    pub expires_at: Option<Instant>,
    /// Up to 32 networks.
    pub allowed_cidrs: Lines,
    /// Up to 20 places.
    pub locations: Lines,
}

impl Asked {
    /// Checks everything that was asked, and names every fault, not only the first. `lifetime` is
    /// what was read of the end, `terms` what binds the keys of its owner.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    pub fn check(
        &self,
        lifetime: Result<Lifetime, (&str, String)>,
        terms: &Terms,
        now: Instant,
    ) -> Result<Draft, Error> {
        let mut errors = FieldErrors::default();
        let end =
            lifetime.and_then(|chosen| chosen.end(now).map_err(|fault| ("expires_at", fault)));
        let draft = Draft {
            name: errors.take("name", text::name("Name", &self.name)),
            note: errors.take("note", text::note("Note", &self.note)),
            environment: errors.take(
                "environment",
                self.environment
                    .as_deref()
                    .map_or(Ok(Environment::default()), str::parse),
            ),
            scopes: match &self.scopes {
                Some(names) => errors.take("scopes", scopes(names, |name| terms.knows(name))),
                None => std::iter::once(Scope::ProjectsRead.name()).collect(),
            },
            expires_at: end.unwrap_or_else(|(field, fault)| {
                errors.add(field, fault);
                None
            }),
            allowed_cidrs: errors.take("allowed_cidrs", cidrs(&self.allowed_cidrs)),
            locations: errors.take("locations", locations(&self.locations)),
        };
        for (field, fault) in terms.faults(&draft, now).iter() {
            errors.add(field, fault);
        }
        errors.or(draft)
    }
}

/// Scopes out of those offered, at least one.
///
/// # Errors
/// A sentence.
pub fn scopes(names: &[String], is_offered: impl Fn(&str) -> bool) -> Result<Scopes, String> {
    if names.is_empty() {
        return Err("Choose at least one scope".to_owned());
    }
    if names.len() > SCOPES {
        return Err(format!("Choose at most {SCOPES} scopes"));
    }
    match names.iter().find(|name| !is_offered(name)) {
        // The name is the asker's own words: not repeated where it may hold anything.
        Some(name) if name.len() <= 100 && !name.chars().any(char::is_control) => {
            Err(format!("There is no scope \"{name}\" that you may grant"))
        }
        Some(_) => Err("There is no such scope that you may grant".to_owned()),
        None => Ok(names.iter().collect()),
    }
}

/// Addresses and networks, one a line; an address stands for itself alone.
///
/// # Errors
/// A sentence that names the first line at fault.
pub fn cidrs(lines: &[String]) -> Result<Lines, String> {
    let networks = numbered(lines)
        .map(|(number, line)| {
            line.parse::<IpNet>()
                .or_else(|_| line.parse::<std::net::IpAddr>().map(IpNet::from))
                .map(|network| network.trunc())
                .map_err(|_| {
                    let shown: String = line
                        .chars()
                        .filter(|one| !one.is_control())
                        .take(60)
                        .collect();
                    format!(
                        "Line {number}, \"{shown}\", is not an address or range such as 10.0.0.0/8"
                    )
                })
        })
        .collect::<Result<Vec<_>, _>>()?;
    if networks.len() > CIDRS {
        return Err(format!("Enter at most {CIDRS} addresses or ranges"));
    }
    Ok(networks.iter().collect())
}

/// Places where a key is kept, one a line.
///
/// # Errors
/// A sentence.
pub fn locations(lines: &[String]) -> Result<Lines, String> {
    let (most, characters) = LOCATIONS;
    let places = numbered(lines)
        .map(|(number, line)| text::line(&format!("Line {number}"), line, characters))
        .collect::<Result<Vec<_>, _>>()?;
    if places.len() > most {
        return Err(format!("Enter at most {most} places"));
    }
    Ok(places.iter().collect())
}

/// The lines that are not blank, trimmed, with the number of each.
fn numbered(lines: &[String]) -> impl Iterator<Item = (usize, &str)> {
    lines
        .iter()
        .enumerate()
        .map(|(place, line)| (place + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms::open(&Scope::ALL.map(|scope| scope.name().to_owned()))
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let asked = Asked {
            name: String::new(),
            note: "x".repeat(1_001),
            environment: Some("moon".to_owned()),
            scopes: Some(vec![]),
            allowed_cidrs: vec!["10.0.0.0/8".to_owned(), "10.0.0.0/99".to_owned()],
            locations: vec!["x".repeat(201)],
        };
        let now = Instant::from_micros(0);
        let Err(Error::Invalid(errors)) = asked.check(Ok(Lifetime::Until(now)), &terms(), now)
        else {
            panic!("taken")
        };
        let fields: Vec<_> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(
            fields,
            [
                "name",
                "note",
                "environment",
                "scopes",
                "expires_at",
                "allowed_cidrs",
                "locations"
            ]
        );
        assert_eq!(
            errors.get("allowed_cidrs"),
            Some("Line 2, \"10.0.0.0/99\", is not an address or range such as 10.0.0.0/8")
        );
    }

    #[test]
    fn what_is_left_out_takes_the_default() {
        let asked = Asked {
            name: "CI".to_owned(),
            ..Asked::default()
        };
        let draft = asked
            .check(Ok(Lifetime::default()), &terms(), Instant::from_micros(0))
            .unwrap();
        assert_eq!(draft.scopes.to_string(), "projects:read");
        assert_eq!(draft.environment, Environment::None);
        assert_eq!(
            draft.expires_at,
            Some(Instant::from_micros(0).plus_days(90))
        );
    }

    #[test]
    fn an_address_stands_for_itself_and_a_range_for_its_network() {
        let lines = ["10.1.2.3/8".to_owned(), "::1".to_owned(), " ".to_owned()];
        let read = cidrs(&lines).unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), ["10.0.0.0/8", "::1/128"]);
    }
}
