//! The bytes that a request brings.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::error::Error;

/// The most bytes of a body.
const MOST_BYTES: usize = 64 * 1024;

/// The bytes of a body, within bounds.
pub(crate) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<web::Bytes, Error>> + use<> {
    let bytes = web::Payload::from_request(request, payload);
    async move {
        let unread = || Error::BadRequest("The body cannot be read");
        let bytes = bytes.await.map_err(|_| unread())?;
        match bytes.to_bytes_limited(MOST_BYTES).await {
            Err(_) => Err(Error::TooLarge),
            Ok(read) => read.map_err(|_| unread()),
        }
    }
}
