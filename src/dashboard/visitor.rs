//! A browser that is not logged in: known by a random cookie, to which its forms are bound.

use actix_web::http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use actix_web::{HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::dashboard::{cookie, csrf};
use crate::error::Error;
use crate::server::State;

const COOKIE: &str = "visitor";

/// Such a browser.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// What its cookie says, or will say.
    pub(crate) id: String,
    is_new: bool,
}

impl Visitor {
    /// The visitor who sent the request; the same one however often it is asked.
    ///
    /// # Errors
    /// When the system gives no random bytes for a new one.
    pub(crate) fn of(request: &HttpRequest, state: &State) -> Result<Self, Error> {
        if let Some(known) = request.extensions().get::<Self>() {
            return Ok(known.clone());
        }
        let given = cookie::read(request, state, COOKIE).filter(|id| is_ours(id));
        let visitor = match given {
            Some(id) => Self { id, is_new: false },
            None => Self {
                id: URL_SAFE_NO_PAD.encode(csrf::random()?),
                is_new: true,
            },
        };
        request.extensions_mut().insert(visitor.clone());
        Ok(visitor)
    }

    /// Gives a new visitor the cookie.
    pub(crate) fn introduce(&self, state: &State, headers: &mut HeaderMap) {
        let cookie = cookie::new(state, COOKIE, self.id.clone()).to_string();
        if let (true, Ok(value)) = (self.is_new, HeaderValue::from_str(&cookie)) {
            headers.append(SET_COOKIE, value);
        }
    }
}

/// Whether a cookie holds what we once sent, by its shape.
fn is_ours(id: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(id)
        .is_ok_and(|bytes| bytes.len() == 16)
}
