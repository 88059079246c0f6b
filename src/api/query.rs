//! The query of a URL: parameters by name. Those that nobody asks for are ignored, a key among
//! them too.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::clock::Instant;
use crate::error::{Error, FieldErrors};
use crate::token::draft::SCOPES;
use crate::token::scope::is_name;

/// The parameters.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    errors: FieldErrors,
}

impl Query {
    /// Reads the part of a URL that comes after its question mark.
    ///
    /// # Errors
    /// [`Error::BadRequest`].
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        // Bytes that are not UTF-8 become a sign that no parameter's reader takes.
        let pairs = serde_html_form::from_str(text)
            .map_err(|_| Error::BadRequest("The query cannot be read"))?;
        Ok(Self {
            pairs,
            errors: FieldErrors::default(),
        })
    }

    /// A parameter as it stands there; an empty one is as good as none.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        let mut values = self
            .pairs
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value);
        let value = values.next().filter(|value| !value.is_empty()).cloned();
        if values.next().is_some() {
            self.errors.add(name, "Is given more than once");
            return None;
        }
        value
    }

    /// Names of scopes; the parameter may be given many times.
    pub(crate) fn scopes(&mut self, name: &str) -> Vec<String> {
        let given = self
            .pairs
            .iter()
            .filter(|(key, value)| key == name && !value.is_empty());
        let scopes: Vec<String> = given.map(|(_, value)| value.clone()).collect();
        if scopes.len() > SCOPES || !scopes.iter().all(|scope| is_name(scope)) {
            self.errors.add(
                name,
                "Must be names of scopes such as projects:read, 64 at most",
            );
        }
        scopes
    }

    /// A parameter that `read` must understand.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        fault: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let read = read(&text);
        if read.is_none() {
            self.errors.add(name, fault);
        }
        read
    }

    /// An instant (RFC 3339).
    pub(crate) fn instant(&mut self, name: &str) -> Option<Instant> {
        self.parsed(
            name,
            "Must be an instant such as 2027-02-25T14:03:00Z",
            Instant::parse,
        )
    }

    /// How many rows a page has: 1 to 100, 20 by default.
    pub(crate) fn limit(&mut self) -> i64 {
        let read = |text: &str| text.parse().ok().filter(|limit| (1..=100).contains(limit));
        self.parsed("limit", "Must be a number from 1 to 100", read)
            .unwrap_or(20)
    }

    /// Whether all parameters were understood.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.errors.or(())
    }
}

impl FromRequest for Query {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::read(request.query_string()))
    }
}
