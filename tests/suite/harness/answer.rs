//! What a server answers, and what every answer must be.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// Headers that stand on every answer.
const ALWAYS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// What tells one request from another, and whether the connection stays open.
pub(super) const OF_ONE_REQUEST: [&str; 3] = ["connection", "date", "x-request-id"];

/// An answer that has the headers every answer has.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    asked: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(super) fn new(asked: String, status: u16, headers: HeaderMap, body: Vec<u8>) -> Self {
        let answer = Self {
            asked,
            status,
            headers,
            body,
        };
        for (name, value) in ALWAYS {
            assert_eq!(answer.header(name), Some(value), "{name} of {answer}");
        }
        assert!(answer.header("x-request-id").is_some(), "{answer}");
        assert!(answer.header("cache-control").is_some(), "{answer}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            None,
            "{answer}"
        );
        assert!(answer.status < 500 || answer.status == 503, "{answer}");
        answer
    }

    /// The one header of this name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap());
        assert!(values.next().is_none(), "{name} is there twice: {self}");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self}"))
    }

    #[track_caller]
    pub(crate) fn must_be(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// An error in JSON: two texts, and where fields are at fault their names.
    #[track_caller]
    pub(crate) fn must_be_error(self, status: u16, word: &str) -> Self {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(
            self.header("content-type"),
            Some("application/json"),
            "{self}"
        );
        assert_eq!(self.header("deskforge-error"), Some(word), "{self}");
        let body = self.json();
        assert!(
            body["error"].is_string() && body["message"].is_string(),
            "{self}"
        );
        let members = body.as_object().unwrap().len();
        assert_eq!(members, if status == 422 { 3 } else { 2 }, "{self}");
        self
    }

    /// 422 that names these fields and no others.
    #[track_caller]
    pub(crate) fn must_name(self, fields: &[&str]) -> Self {
        let answer = self.must_be_error(422, "fields_invalid");
        let body = answer.json();
        let sentences = body["fields"].as_object().unwrap();
        let mut names: Vec<_> = sentences.keys().map(String::as_str).collect();
        let mut fields = fields.to_vec();
        names.sort_unstable();
        fields.sort_unstable();
        assert_eq!(names, fields, "{answer}");
        assert!(sentences.values().all(Value::is_string), "{answer}");
        answer
    }

    /// All that two answers can be compared by: what tells one request from another is left out,
    /// and whether the connection stays open, which hangs on how much of a body had arrived.
    pub(crate) fn compared(&self) -> String {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !OF_ONE_REQUEST.contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value:?}\n"))
            .collect();
        headers.sort();
        let body = String::from_utf8_lossy(&self.body);
        format!("{}\n{}\n{body}", self.status, headers.concat())
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let (asked, status, headers) = (&self.asked, self.status, &self.headers);
        write!(formatter, "{asked}: {status} {headers:?}\n{body}")
    }
}
