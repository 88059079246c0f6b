//! The form of the policy, and its way through an address to the page that asks what becomes of keys.

use url::form_urlencoded::Serializer;

use super::BROKEN;
use crate::dashboard::form::{Form, sound};
use crate::error::{Error, FieldErrors};
use crate::policy::Policy;
use crate::token::scope::Scopes;
use crate::token::scope::repository::Offer;

/// What a tick box sends.
const TICKED: &str = "yes";

/// What was typed.
#[derive(Debug, Default)]
pub(super) struct PolicyForm {
    pub(super) version: String,
    pub(super) longest_days: String,
    pub(super) allow_never: bool,
    pub(super) default_days: String,
    pub(super) most_keys: String,
    pub(super) scopes: Vec<String>,
    pub(super) environment_required: bool,
    pub(super) unused_days: String,
    pub(super) shortest_password: String,
    pub(super) errors: FieldErrors,
}

impl PolicyForm {
    /// The form, filled in; `offers` are the scopes that a member could be let grant.
    pub(super) fn of(policy: &Policy, offers: &[Offer]) -> Self {
        let written = |number: Option<i64>| number.map_or_else(String::new, |one| one.to_string());
        let may = |offer: &&Offer| policy.lets_members_grant(&offer.name);
        Self {
            version: policy.version.to_string(),
            longest_days: written(policy.longest_days),
            allow_never: policy.allows_never(),
            default_days: policy.default_days.to_string(),
            most_keys: written(policy.most_keys),
            scopes: offers
                .iter()
                .filter(may)
                .map(|offer| offer.name.clone())
                .collect(),
            environment_required: policy.environment_required,
            unused_days: written(policy.unused_days),
            shortest_password: policy.shortest_password.to_string(),
            errors: FieldErrors::default(),
        }
    }

    /// Takes its fields out of what was sent, and leaves the others.
    pub(super) fn take(sent: &mut Form) -> Self {
        Self {
            version: sent.text("version"),
            longest_days: sent.text("longest_days"),
            allow_never: sent.text("allow_never") == TICKED,
            default_days: sent.text("default_days"),
            most_keys: sent.text("most_keys"),
            scopes: sent.texts("scopes"),
            environment_required: sent.text("environment_required") == TICKED,
            unused_days: sent.text("unused_days"),
            shortest_password: sent.text("shortest_password"),
            errors: FieldErrors::default(),
        }
    }

    /// Every field as it is sent.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("version", self.version.clone()),
            ("longest_days", self.longest_days.clone()),
            ("default_days", self.default_days.clone()),
            ("most_keys", self.most_keys.clone()),
            ("unused_days", self.unused_days.clone()),
            ("shortest_password", self.shortest_password.clone()),
        ];
        for (name, is_ticked) in [
            ("allow_never", self.allow_never),
            ("environment_required", self.environment_required),
        ] {
            if is_ticked {
                fields.push((name, TICKED.to_owned()));
            }
        }
        fields.extend(self.scopes.iter().map(|scope| ("scopes", scope.clone())));
        fields
    }

    /// The page that asks what becomes of the keys that break this.
    pub(super) fn address(&self) -> String {
        Serializer::new(format!("{BROKEN}?"))
            .extend_pairs(self.fields())
            .finish()
    }

    /// The policy that is asked for, each field read; whether its rules fit is for the policy to say.
    ///
    /// # Errors
    /// [`Error::Invalid`], naming every fault.
    pub(super) fn policy(&self, offers: &[Offer]) -> Result<Policy, Error> {
        sound(&self.errors)?;
        let mut errors = FieldErrors::default();
        let mut number = |field: &str, text: &str, what: &str| match text.trim() {
            "" => None,
            text => {
                let number: Option<i64> = text.parse().ok();
                if number.is_none() {
                    errors.add(field, format!("Enter a number of {what}"));
                }
                number
            }
        };
        let longest_days = number("longest_days", &self.longest_days, "days, or nothing");
        let default_days = number("default_days", &self.default_days, "days");
        let most_keys = number("most_keys", &self.most_keys, "keys, or nothing");
        let unused_days = number("unused_days", &self.unused_days, "days, or nothing");
        let shortest_password = number("shortest_password", &self.shortest_password, "characters");
        let is_known = |name: &String| offers.iter().any(|offer| offer.name == *name);
        if !self.scopes.iter().all(is_known) {
            errors.add(
                "scopes",
                "One of these scopes is there no more. Choose again",
            );
        }
        // All of them is no list: what is added later may be granted too.
        let is_all = offers.iter().all(|offer| self.is_chosen(&offer.name));
        let version = self.version.parse().unwrap_or_default();
        errors.or(Policy {
            version,
            longest_days,
            allow_never: self.allow_never,
            // Nothing is out of bounds, and told so.
            default_days: default_days.unwrap_or_default(),
            most_keys,
            member_scopes: (!is_all).then(|| self.scopes.iter().collect::<Scopes>()),
            environment_required: self.environment_required,
            unused_days,
            unused_from: None,
            shortest_password: shortest_password.unwrap_or_default(),
        })
    }

    pub(super) fn is_chosen(&self, scope: &str) -> bool {
        self.scopes.iter().any(|chosen| chosen == scope)
    }
}
