//! No key makes or changes a key into one that may do more than itself.

use ipnet::IpNet;

use crate::clock::Instant;
use crate::error::Error;
use crate::token::draft::Draft;
use crate::token::environment::Environment;
use crate::token::lines::Lines;
use crate::token::model::Token;
use crate::token::scope::Scopes;
use crate::token::verifier::Subject;

/// What a calling key may pass on at most. A person at the dashboard has no such limit.
#[derive(Clone, Debug)]
pub struct Limit {
    scopes: Scopes,
    expires_at: Option<Instant>,
    environment: Environment,
    allowed_cidrs: Lines,
}

impl From<&Subject> for Limit {
    fn from(subject: &Subject) -> Self {
        Self {
            scopes: subject.grant.scopes.clone(),
            expires_at: subject.expires_at(),
            environment: subject.grant.environment,
            allowed_cidrs: subject.grant.allowed_cidrs.clone(),
        }
    }
}

/// What a key as the database keeps it could pass on.
impl From<&Token> for Limit {
    fn from(token: &Token) -> Self {
        Self {
            scopes: token.scopes.clone(),
            expires_at: token.expires_at,
            environment: token.environment,
            allowed_cidrs: token.allowed_cidrs.clone(),
        }
    }
}

impl Limit {
    /// The end of the calling key, which is also the latest that it may give.
    #[must_use]
    pub fn expires_at(&self) -> Option<Instant> {
        self.expires_at
    }

    /// Whether a new key may be as the draft says.
    ///
    /// # Errors
    /// [`Error::Escalation`].
    pub fn permits(&self, draft: &Draft) -> Result<(), Error> {
        self.permits_scopes(&draft.scopes)?;
        self.permits_end(draft.expires_at)?;
        self.permits_cidrs(&draft.allowed_cidrs)?;
        self.permits_environment(draft.environment)
    }

    /// Whether a key may hold these scopes.
    ///
    /// # Errors
    /// [`Error::Escalation`].
    pub fn permits_scopes(&self, scopes: &Scopes) -> Result<(), Error> {
        judge(self.scopes.include(scopes), "more scope")
    }

    /// Whether a key may end then.
    ///
    /// # Errors
    /// [`Error::Escalation`].
    pub fn permits_end(&self, end: Option<Instant>) -> Result<(), Error> {
        let longer = match (self.expires_at, end) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(own), Some(asked)) => asked > own,
        };
        judge(!longer, "a longer life")
    }

    /// Whether a key may be used from there.
    ///
    /// # Errors
    /// [`Error::Escalation`].
    pub fn permits_cidrs(&self, cidrs: &Lines) -> Result<(), Error> {
        let networks = |lines: &Lines| -> Vec<IpNet> {
            lines.iter().filter_map(|line| line.parse().ok()).collect()
        };
        let own = networks(&self.allowed_cidrs);
        let asked = networks(cidrs);
        let within = own.is_empty()
            || !asked.is_empty()
                && asked
                    .iter()
                    .all(|one| own.iter().any(|net| net.contains(one)));
        judge(within, "wider addresses")
    }

    /// Whether a key may belong to that environment.
    ///
    /// # Errors
    /// [`Error::Escalation`].
    pub fn permits_environment(&self, environment: Environment) -> Result<(), Error> {
        judge(self.environment == environment, "another environment")
    }
}

fn judge(permitted: bool, more: &'static str) -> Result<(), Error> {
    if permitted {
        Ok(())
    } else {
        Err(Error::Escalation(more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> Lines {
        texts.iter().collect()
    }

    #[test]
    fn nothing_wider_is_passed_on() {
        let end = Instant::from_micros(1_000_000);
        let limit = Limit {
            scopes: ["projects:write"].iter().collect(),
            expires_at: Some(end),
            environment: Environment::Staging,
            allowed_cidrs: lines(&["10.0.0.0/8"]),
        };
        assert!(
            limit
                .permits_scopes(&["projects:read"].iter().collect())
                .is_ok()
        );
        assert!(
            limit
                .permits_scopes(&["tokens:read"].iter().collect())
                .is_err()
        );
        assert!(limit.permits_end(Some(end)).is_ok());
        assert!(limit.permits_end(Some(end.plus_seconds(1))).is_err());
        assert!(limit.permits_end(None).is_err());
        assert!(limit.permits_cidrs(&lines(&["10.1.0.0/16"])).is_ok());
        assert!(
            limit
                .permits_cidrs(&lines(&["10.1.0.0/16", "::/0"]))
                .is_err()
        );
        assert!(limit.permits_cidrs(&lines(&[])).is_err());
        assert!(limit.permits_environment(Environment::Staging).is_ok());
        assert!(limit.permits_environment(Environment::None).is_err());
    }
}
