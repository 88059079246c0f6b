//! JSON bodies: read field by field, so that every fault is told with the name of its field.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::clock::Instant;
use crate::error::{Error, FieldErrors};
use crate::server::body;
use crate::token::lifetime::Lifetime;

/// The fields of a JSON object. Each is taken by name; [`Body::finish`] tells of all faults, of
/// fields nobody took too.
#[derive(Debug, Default)]
pub(crate) struct Body {
    fields: Vec<(String, Value)>,
    errors: FieldErrors,
}

impl Body {
    /// A text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.taken(name, "Must be a text", |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        self.taken(name, "Must be a list of texts", |value| {
            serde_json::from_value(value).ok()
        })
    }

    /// The end of a key: an instant (RFC 3339), or null for never.
    pub(crate) fn lifetime(&mut self, name: &str) -> Option<Lifetime> {
        let fault = "Must be an instant such as 2027-02-25T14:03:00Z, or null for never";
        self.taken(name, fault, |value| match value {
            Value::Null => Some(Lifetime::Never),
            Value::String(text) => Instant::parse(&text).map(Lifetime::Until),
            _ => None,
        })
    }

    /// A whole number.
    pub(crate) fn number(&mut self, name: &str) -> Option<i64> {
        self.taken(name, "Must be a whole number", |value| value.as_i64())
    }

    /// Whether all fields were taken and each was of its type.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        for (name, _) in std::mem::take(&mut self.fields) {
            self.errors.add(&name, "There is no such field");
        }
        self.errors.or(())
    }

    fn taken<T>(
        &mut self,
        name: &str,
        fault: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        let (_, value) = self.fields.remove(place);
        if self.fields.iter().any(|(field, _)| field == name) {
            self.fields.retain(|(field, _)| field != name);
            self.errors.add(name, "Is given more than once");
            return None;
        }
        let read = read(value);
        if read.is_none() {
            self.errors.add(name, fault);
        }
        read
    }

    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let value: Object =
            serde_json::from_slice(bytes).map_err(|error| match error.classify() {
                serde_json::error::Category::Data => {
                    Error::BadRequest("The body must be a JSON object")
                }
                _ => Error::BadRequest("The body is not JSON"),
            })?;
        Ok(Self {
            fields: value.0,
            errors: FieldErrors::default(),
        })
    }
}

/// An object with its fields as they came, a repeated one too.
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request
            .content_type()
            .eq_ignore_ascii_case("application/json");
        let bytes = body::read(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(Error::UnsupportedMediaType(
                    "The body must be application/json",
                ));
            }
            Self::parse(&bytes.await?)
        })
    }
}

/// A body that may be left out whole: then no field is given.
#[derive(Debug, Default)]
pub(crate) struct OptionalBody(pub(crate) Body);

impl FromRequest for OptionalBody {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let length = request
            .headers()
            .get(CONTENT_LENGTH)
            .map(HeaderValue::as_bytes);
        let is_absent = length.is_none_or(|length| length == b"0")
            && !request.headers().contains_key(TRANSFER_ENCODING);
        if is_absent {
            return Box::pin(std::future::ready(Ok(Self::default())));
        }
        let body = Body::from_request(request, payload);
        Box::pin(async { body.await.map(Self) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_faulty_field_is_named() {
        let text =
            br#"{"name":1,"note":"n","note":"m","scopes":["a",2],"expires_at":"soon","x":0}"#;
        let mut body = Body::parse(text).unwrap();
        assert_eq!(body.text("name"), None);
        assert_eq!(body.text("note"), None);
        assert_eq!(body.texts("scopes"), None);
        assert_eq!(body.lifetime("expires_at"), None);
        assert_eq!(body.text("environment"), None);
        let Err(Error::Invalid(errors)) = body.finish() else {
            panic!("taken")
        };
        let fields: Vec<_> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["name", "note", "scopes", "expires_at", "x"]);
    }

    #[test]
    fn what_is_not_an_object_is_no_body() {
        for text in ["", "{", "[]", "null", "\"a\"", "{\"a\":1}x", "\u{feff}{}"] {
            assert!(
                matches!(Body::parse(text.as_bytes()), Err(Error::BadRequest(_))),
                "{text}"
            );
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
        assert!(matches!(
            Body::parse(deep.as_bytes()),
            Err(Error::BadRequest(_))
        ));
    }
}
