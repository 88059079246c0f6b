//! The seed's examples with this server's address in them.

use askama::Template;

use crate::error::Error;

#[derive(Template)]
#[template(path = "snippets/curl.txt")]
struct Curl<'a> {
    api_url: &'a str,
    key: &'a str,
}

#[derive(Template)]
#[template(path = "snippets/javascript.txt")]
struct JavaScript<'a> {
    api_url: &'a str,
}

#[derive(Template)]
#[template(path = "snippets/python.txt")]
struct Python<'a> {
    api_url: &'a str,
}

#[derive(Template)]
#[template(path = "snippets/go.txt")]
struct Go<'a> {
    api_url: &'a str,
}

#[derive(Template)]
#[template(path = "snippets/nginx.txt")]
struct Nginx<'a> {
    api_url: &'a str,
}

/// How to call the API, in four ways, and how a gateway asks about its callers.
pub(crate) struct Snippets {
    /// For a shell, with the key in it.
    pub(crate) curl: String,
    /// For a gateway.
    pub(crate) nginx: String,
    javascript: String,
    python: String,
    go: String,
}

impl Snippets {
    /// The examples for `api_url`; only curl's carries `key`.
    ///
    /// # Errors
    /// When a template cannot be rendered.
    pub(crate) fn new(api_url: &str, key: &str) -> Result<Self, Error> {
        let rendered = || {
            Ok(Self {
                curl: Curl { api_url, key }.render()?,
                nginx: Nginx { api_url }.render()?,
                javascript: JavaScript { api_url }.render()?,
                python: Python { api_url }.render()?,
                go: Go { api_url }.render()?,
            })
        };
        rendered().map_err(|error: askama::Error| Error::Internal(format!("template: {error}")))
    }

    /// Those beside curl: id, name of the language, code.
    pub(crate) fn others(&self) -> [(&'static str, &'static str, &str); 3] {
        [
            ("javascript", "JavaScript / Node.js", &self.javascript),
            ("python", "Python", &self.python),
            ("go", "Go", &self.go),
        ]
    }
}
