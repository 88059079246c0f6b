//! The name in a path.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::Error;
use crate::token::scope::is_own_name;

/// The `{name}` of a path. What is no name of a scope names nothing: 404, as for one that is unknown.
pub(crate) struct PathName(pub(crate) String);

impl FromRequest for PathName {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let name = request.match_info().get("name");
        let name = name.filter(|name| is_own_name(name)).map(str::to_owned);
        std::future::ready(name.map(Self).ok_or(Error::NotFound))
    }
}
