//! Have I stored it? The one page that shows a key: the answer to the form that made it.

use actix_web::HttpResponse;
use askama::Template;

use crate::dashboard::page::Page;
use crate::dashboard::render;
use crate::dashboard::snippets::Snippets;
use crate::dashboard::tokens::keyring::Keyring;
use crate::error::Error;
use crate::token::environment::Environment;
use crate::token::model::Token;
use crate::token::secret::Secret;

/// The page.
#[derive(Template)]
#[template(path = "tokens/reveal.html")]
struct View<'a> {
    page: Page,
    keyring: Keyring,
    token: &'a Token,
    /// The key itself.
    key: &'a str,
    snippets: Snippets,
}

impl View<'_> {
    /// "CI/CD Pipeline, production, projects:read, tokens:read", the name aside.
    fn settings(&self) -> String {
        let environment = Some(self.token.environment)
            .filter(|environment| *environment != Environment::None)
            .map(Environment::as_str);
        let settings: Vec<&str> = environment
            .into_iter()
            .chain(self.token.scopes.iter())
            .collect();
        settings.join(", ")
    }
}

/// Shows the key.
///
/// # Errors
/// When a template fails.
pub(super) fn show(
    page: Page,
    keyring: Keyring,
    token: &Token,
    secret: &Secret,
) -> Result<HttpResponse, Error> {
    let key = secret.expose();
    let snippets = Snippets::new(&page.api_url, key)?;
    render::show(&View {
        page,
        keyring,
        token,
        key,
        snippets,
    })
}
