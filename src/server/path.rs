//! The id in a path.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::Error;
use crate::id::Id;

/// The `{id}` of a path. What is not an id names nothing: 404, as for an id that is unknown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PathId(pub(crate) Id);

impl FromRequest for PathId {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request
            .match_info()
            .get("id")
            .and_then(|id| id.parse().ok());
        std::future::ready(id.map(Self).ok_or(Error::NotFound))
    }
}
