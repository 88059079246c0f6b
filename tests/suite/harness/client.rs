//! A program that calls the API.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::Answer;

/// A client of one server, with a key or without.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

/// A request that is being put together.
pub(crate) struct Ask {
    what: String,
    request: RequestBuilder,
}

impl Client {
    pub(super) fn new(base: &str, key: Option<&str>) -> Self {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(Duration::from_mins(1))
            // The server ends a connection that is idle for 5 s: none is used that may be ending.
            .pool_idle_timeout(Duration::from_secs(3))
            .build()
            .unwrap();
        Self {
            http,
            base: base.to_owned(),
            key: key.map(str::to_owned),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask("POST", path).json(body).send().await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask("PATCH", path).json(body).send().await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path).send().await
    }

    /// Begins a request of any method.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let what = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        Ask { what, request }
    }
}

impl Ask {
    /// Adds a header; one of the same name stays beside it.
    pub(crate) fn header(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        Self {
            request: self.request.header(name, value.as_ref()),
            ..self
        }
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(crate) fn body(self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            request: self
                .request
                .header(CONTENT_TYPE, content_type)
                .body(body.into()),
            ..self
        }
    }

    /// Sends where a fault of the server is what the test is after.
    pub(crate) async fn send_for_status(self) -> u16 {
        self.request
            .send()
            .await
            .expect(&self.what)
            .status()
            .as_u16()
    }

    pub(crate) async fn send(self) -> Answer {
        let response = self.request.send().await.expect(&self.what);
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.expect(&self.what).to_vec();
        Answer::new(self.what, status, headers, body)
    }
}
