//! A browser without a screen: it keeps cookies, reads pages and sends their forms.

use std::collections::BTreeMap;

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;

use super::client::Ask;
use super::page::{Form, Page};
use super::{Answer, Client, PASSWORD, Person, TestServer};

/// A browser at the dashboard.
#[derive(Clone)]
pub(crate) struct Browser {
    client: Client,
    /// How the address bar has the server: its public URL.
    origin: String,
    /// What it calls itself.
    pub(crate) agent: String,
    pub(crate) jar: BTreeMap<String, String>,
    /// Every Set-Cookie that has come.
    pub(crate) set: Vec<String>,
}

impl TestServer {
    /// A browser that was never here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.anonymous(), &self.state().public_url.to_string())
    }

    /// A browser in which somebody is logged in.
    pub(crate) async fn logged_in(&self, person: &Person) -> Browser {
        let mut browser = self.browser();
        browser.log_in(person).await.must_be(200, "/dashboard");
        browser
    }
}

impl Browser {
    pub(super) fn new(client: Client, origin: &str) -> Self {
        Self {
            client,
            origin: origin.to_owned(),
            agent: "Browser/1.0".to_owned(),
            jar: BTreeMap::new(),
            set: Vec::new(),
        }
    }

    /// The same browser at a server that was started anew, at another address.
    pub(crate) fn at(self, server: &TestServer) -> Self {
        let Browser { client, origin, .. } = server.browser();
        Self {
            client,
            origin,
            ..self
        }
    }

    /// Goes to a page, and on wherever it leads.
    pub(crate) async fn open(&mut self, path: &str) -> Page {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let answer = self.get(&path).await;
            match self.onward(&answer) {
                Some(next) => path = next,
                None => return Page::new(answer, path),
            }
        }
        panic!("redirected in a circle at {path}")
    }

    /// Sends a form, and goes on wherever it leads.
    pub(crate) async fn send(&mut self, form: &Form) -> Page {
        let answer = self.post(form).await;
        match self.onward(&answer) {
            Some(next) => self.open(&next).await,
            None => Page::new(answer, form.action.clone()),
        }
    }

    /// Asks for one page and follows nothing.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let ask = self
            .ask("GET", path)
            .header("sec-fetch-site", "same-origin");
        self.keep(ask.send().await)
    }

    /// Sends a form as a browser does from the page it is on, and follows nothing.
    pub(crate) async fn post(&mut self, form: &Form) -> Answer {
        let ask = self
            .ask("POST", &form.action)
            .header("origin", &self.origin)
            .header("sec-fetch-site", "same-origin");
        self.finish(ask, form).await
    }

    /// Sends a form with whatever headers were put on it.
    pub(crate) async fn finish(&mut self, ask: Ask, form: &Form) -> Answer {
        let kind = "application/x-www-form-urlencoded";
        let answer = ask.body(kind, form.encoded()).send().await;
        self.keep(answer)
    }

    /// Begins a request with this browser's cookies and nothing else of a browser.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask {
        let ask = self
            .client
            .ask(method, path)
            .header("user-agent", &self.agent);
        let cookies: Vec<_> = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if cookies.is_empty() {
            ask
        } else {
            ask.header("cookie", cookies.join("; "))
        }
    }

    pub(crate) async fn log_in(&mut self, person: &Person) -> Page {
        self.log_in_with(&person.email, PASSWORD).await
    }

    pub(crate) async fn log_in_with(&mut self, email: &str, password: &str) -> Page {
        let form = self.open("/login").await.form("/login");
        let form = form.with("email", email).with("password", password);
        self.send(&form).await
    }

    pub(crate) async fn log_out(&mut self) -> Page {
        let form = self.open("/dashboard").await.form("/logout");
        self.send(&form).await
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for value in answer.headers.get_all("set-cookie") {
            let text = value.to_str().unwrap();
            self.set.push(text.to_owned());
            let cookie = Cookie::parse(text).unwrap();
            if cookie.max_age().is_some_and(|age| age <= Duration::ZERO) {
                self.jar.remove(cookie.name());
            } else {
                self.jar
                    .insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        answer
    }

    /// Where a redirect leads: always to a path of the same server.
    fn onward(&self, answer: &Answer) -> Option<String> {
        let location = answer.header("location").filter(|_| answer.status == 303)?;
        let path = location.strip_prefix(&self.origin).unwrap_or(location);
        assert!(path.starts_with('/') && !path.starts_with("//"), "{answer}");
        Some(path.to_owned())
    }
}
