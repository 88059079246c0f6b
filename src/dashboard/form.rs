//! What a form sent: fields by name, each taken once, so that every fault is told at its field.

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use zeroize::Zeroizing;

use crate::dashboard::csrf;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::secret_key::MacKey;
use crate::server::body;

/// The field that complaints about the form as a whole are filed under: the form's own id.
pub(crate) const WHOLE: &str = "form";

/// The word for no choice, where a list is narrowed.
pub(crate) const ALL: &str = "all";

/// The fields of a form, or of a page's query. Passwords are among them: it cannot be printed.
#[derive(Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    errors: FieldErrors,
    bytes: Zeroizing<Vec<u8>>,
}

impl Form {
    /// Reads the body of a request whose sender may know the browser as `binding`.
    ///
    /// # Errors
    /// [`Error::FormExpired`] where the form is not one of ours; those of a body that cannot be
    /// read.
    pub(super) async fn receive(
        request: &mut ServiceRequest,
        key: &MacKey,
        binding: &str,
    ) -> Result<Self, Error> {
        let is_form = request
            .content_type()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded");
        if !is_form {
            return Err(Error::UnsupportedMediaType(
                "A form must be application/x-www-form-urlencoded",
            ));
        }
        let mut payload = request.take_payload();
        let bytes = body::read(request.request(), &mut payload).await?;
        let bytes = Zeroizing::new(bytes.to_vec());
        let mut form = Self {
            fields: pairs(&bytes),
            errors: FieldErrors::default(),
            bytes,
        };
        if csrf::verifies(key, binding, &form.text(csrf::FIELD)) {
            Ok(form)
        } else {
            Err(Error::FormExpired)
        }
    }

    /// Reads the query of a page.
    pub(crate) fn of_query(request: &HttpRequest) -> Self {
        Self {
            fields: pairs(request.query_string().as_bytes()),
            ..Self::default()
        }
    }

    /// Tells one sending of a form from another: by the random bytes of its hidden field, and by
    /// whatever was changed in it before it was sent again.
    pub(crate) fn digest(&self, key: &MacKey, account: Id) -> [u8; 32] {
        key.code(&[b"form:", account.as_str().as_bytes(), &self.bytes])
    }

    /// A field that comes at most once; empty where it is missing.
    pub(crate) fn text(&mut self, name: &str) -> String {
        let mut values = self.texts(name).into_iter();
        let value = values.next().unwrap_or_default();
        if values.next().is_some() {
            self.errors.add(name, "This was sent more than once");
        }
        value
    }

    /// A field that may come any number of times.
    pub(crate) fn texts(&mut self, name: &str) -> Vec<String> {
        let taken = self.fields.extract_if(.., |(field, _)| field == name);
        taken.map(|(_, value)| value).collect()
    }

    /// All fields whose names begin with `prefix`: the rest of the name, and the value.
    pub(crate) fn beginning(&mut self, prefix: &str) -> Vec<(String, String)> {
        let begins = |(name, _): &mut (String, String)| name.starts_with(prefix);
        let taken = self.fields.extract_if(.., |field| begins(field));
        taken
            .map(|(name, value)| (name.replacen(prefix, "", 1), value))
            .collect()
    }

    /// A field that `read` must understand; nothing where it is missing or empty.
    pub(crate) fn parsed<T>(
        &mut self,
        name: &str,
        fault: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let value = read(&text);
        if value.is_none() {
            self.errors.add(name, fault);
        }
        value
    }

    /// A choice that is "all", which is no choice, or one that `read` must understand.
    pub(crate) fn narrowed<T>(
        &mut self,
        name: &str,
        fault: &str,
        default: Option<T>,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        match self.text(name).as_str() {
            "" => default,
            ALL => None,
            text => read(text).or_else(|| {
                self.errors.add(name, fault);
                default
            }),
        }
    }

    /// The faults, those of fields that nobody took among them.
    pub(crate) fn finish(mut self) -> FieldErrors {
        if let Some((name, _)) = self.fields.first() {
            let shown: String = name
                .chars()
                .filter(|one| !one.is_control())
                .take(60)
                .collect();
            self.errors
                .add(WHOLE, format!("This form has no field \"{shown}\""));
        }
        self.errors
    }
}

fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

/// Whether nothing was wrong so far; the faults found on the way to a deed otherwise.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn sound(errors: &FieldErrors) -> Result<(), Error> {
    errors.clone().or(())
}

/// The faults that the same form can tell of when it is shown again.
///
/// # Errors
/// Whatever else went wrong.
pub(crate) fn faults(error: Error) -> Result<FieldErrors, Error> {
    match error {
        Error::Invalid(errors) => Ok(errors),
        Error::NameTaken(_) => Ok(FieldErrors::one("name", error)),
        Error::Conflict(_) | Error::TooManyKeys(_) => Ok(FieldErrors::one(WHOLE, error)),
        other => Err(other),
    }
}

/// The form that the guard has read and found to be ours.
impl FromRequest for Form {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let form = request.extensions_mut().remove::<Self>();
        let fault = || Error::Internal("a form passed without being checked".to_owned());
        std::future::ready(form.ok_or_else(fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form {
        Form {
            fields: pairs(text.as_bytes()),
            ..Form::default()
        }
    }

    #[test]
    fn fields_are_taken_once_and_what_is_left_is_told() {
        let mut sent = form("name=a+b&scopes=x&scopes=y&note=1&note=2&%1bspy=1");
        assert_eq!(sent.text("name"), "a b");
        assert_eq!(sent.texts("scopes"), ["x", "y"]);
        assert_eq!(sent.text("note"), "1");
        assert_eq!(sent.text("missing"), "");
        let errors = sent.finish();
        assert_eq!(errors.get("note"), Some("This was sent more than once"));
        assert_eq!(errors.get(WHOLE), Some("This form has no field \"spy\""));
    }

    #[test]
    fn bytes_of_any_kind_are_read() {
        let mut sent = form("name=%ff%00&=x&&name2");
        assert_eq!(sent.text("name"), "\u{fffd}\0");
        assert!(!sent.finish().is_empty());
    }
}
