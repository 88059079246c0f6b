//! Everything that can go wrong, and the one place that says how it is told to a client.

use std::fmt;

use crate::clock::Instant;
use crate::token::environment::Environment;

/// What is wrong with each field of a form or body: its name and a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(String, String)>);

impl FieldErrors {
    /// The complaint about one field.
    #[must_use]
    pub fn one(field: &str, message: impl fmt::Display) -> Self {
        let mut errors = Self::default();
        errors.add(field, message);
        errors
    }

    /// Adds a complaint; of several about one field the first is kept.
    pub fn add(&mut self, field: &str, message: impl fmt::Display) {
        if self.get(field).is_none() {
            self.0.push((field.to_owned(), message.to_string()));
        }
    }

    /// Takes the value, or notes why there is none and gives the default in its stead.
    pub fn take<T: Default, E: fmt::Display>(&mut self, field: &str, value: Result<T, E>) -> T {
        value.unwrap_or_else(|message| {
            self.add(field, message);
            T::default()
        })
    }

    /// The complaint about `field`.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&str> {
        self.iter()
            .find(|(name, _)| *name == field)
            .map(|(_, message)| message)
    }

    /// The same, with what is filed under one field filed under another.
    #[must_use]
    pub fn renamed(mut self, from: &str, to: &str) -> Self {
        for (field, _) in self.0.iter_mut().filter(|(field, _)| field == from) {
            to.clone_into(field);
        }
        self
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All complaints, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, message)| (name.as_str(), message.as_str()))
    }

    /// `value` where there is no complaint.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there is one.
    pub fn or<T>(self, value: T) -> Result<T, Error> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Error::Invalid(self))
        }
    }
}

/// Why a request, command or start failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request carries no key.
    #[error("No API key provided")]
    KeyMissing,
    /// The key is malformed, unknown, revoked or paused, or its owner is disabled.
    #[error("The provided API key is invalid or has been revoked")]
    KeyInvalid,
    /// The key is right, but past its end.
    #[error("Your API key has expired. Please generate a new one")]
    KeyExpired,
    /// The key lacks the scope.
    #[error("This needs a key with the scope {0}")]
    ScopeMissing(String),
    /// The key belongs to another environment than the one asked for.
    #[error("This needs a key of the environment {wanted}, and this one is of {own}")]
    EnvironmentMismatch {
        /// The environment asked for.
        wanted: Environment,
        /// The key's own.
        own: Environment,
    },
    /// The key may not be used from the caller's address.
    #[error("This key may not be used from this address")]
    AddressNotAllowed,
    /// The key would make a key that may do more than itself.
    #[error("A key cannot make or change a key into one with {0} than its own")]
    Escalation(&'static str),
    /// There is no such thing, or it belongs to somebody else.
    #[error("There is nothing here")]
    NotFound,
    /// The thing does not take this method.
    #[error("This method is not possible here")]
    MethodNotAllowed,
    /// Fields that cannot be taken.
    #[error("Some fields cannot be taken as they are")]
    Invalid(FieldErrors),
    /// An active key of this name exists.
    #[error(
        "You already have an active key named \"{0}\". Choose another name or rotate that key."
    )]
    NameTaken(String),
    /// The account has as many active keys as it may have; the sentence says who says so.
    #[error("{0}")]
    TooManyKeys(String),
    /// The thing is not in the state that the change needs.
    #[error("{0}")]
    Conflict(&'static str),
    /// The request cannot be read.
    #[error("{0}")]
    BadRequest(&'static str),
    /// The body is of a type that is not read here.
    #[error("{0}")]
    UnsupportedMediaType(&'static str),
    /// The body is over 64 KiB.
    #[error("The body may have at most 65,536 bytes")]
    TooLarge,
    /// The form was forged, or is too old.
    #[error("This form has expired. Nothing was changed.")]
    FormExpired,
    /// The e-mail, the password or both do not fit.
    #[error("Email or password is not right.")]
    LogInRefused,
    /// Too many log-ins failed; the next may be tried at this instant.
    #[error("Too many tries. Try again at {}.", .0.exact())]
    Throttled(Instant),
    /// The database is away.
    #[error("The database cannot be reached")]
    Unavailable,
    /// The change is committed, but a server that runs beside did not say that it has seen it.
    #[error("Done, but the running server did not answer: it may take a second to follow ({0})")]
    NotFollowed(String),
    /// A setting or a file of the installation is wrong.
    #[error("{0}")]
    Setting(String),
    /// A fault of the program; the text is for the log alone.
    #[error("{0}")]
    Internal(String),
}

/// How an error is told: the status, the words for people and the word for machines.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// A few words.
    pub error: &'static str,
    /// A sentence.
    pub message: String,
    /// One word for programs.
    pub word: &'static str,
}

impl Error {
    /// How this error is told to a client. Faults of the program tell nothing of themselves.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let (status, error, word) = match self {
            Self::KeyMissing => (401, "Authentication required", "key_missing"),
            Self::KeyInvalid => (401, "Invalid API key", "key_invalid"),
            Self::KeyExpired => (401, "API key expired", "key_expired"),
            Self::ScopeMissing(_) => (403, "Insufficient scope", "scope_missing"),
            Self::EnvironmentMismatch { .. } => (403, "Wrong environment", "environment_mismatch"),
            Self::AddressNotAllowed => (403, "Address not allowed", "address_not_allowed"),
            Self::Escalation(_) => (403, "More than the calling key", "escalation"),
            Self::NotFound => (404, "Not found", "not_found"),
            Self::MethodNotAllowed => (405, "Method not allowed", "method_not_allowed"),
            Self::Invalid(_) => (422, "Unprocessable fields", "fields_invalid"),
            Self::NameTaken(_) => (409, "Name taken", "name_taken"),
            Self::TooManyKeys(_) => (409, "Too many keys", "too_many_keys"),
            Self::Conflict(_) => (409, "Conflict", "conflict"),
            Self::BadRequest(_) => (400, "Bad request", "bad_request"),
            Self::UnsupportedMediaType(_) => {
                (415, "Unsupported media type", "unsupported_media_type")
            }
            Self::TooLarge => (413, "Body too large", "too_large"),
            Self::FormExpired => (403, "Form expired", "form_expired"),
            Self::LogInRefused => (422, "Log-in refused", "log_in_refused"),
            Self::Throttled(_) => (429, "Too many tries", "throttled"),
            Self::Unavailable => (503, "Service unavailable", "unavailable"),
            Self::NotFollowed(_) | Self::Setting(_) | Self::Internal(_) => {
                return Answer {
                    status: 500,
                    error: "Internal error",
                    message: "Something went wrong here. Nothing more is known to tell".to_owned(),
                    word: "internal",
                };
            }
        };
        Answer {
            status,
            error,
            message: self.to_string(),
            word,
        }
    }
}
