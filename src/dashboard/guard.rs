//! Who may see a page.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

type Answer = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// A browser, logged in or not.
pub(crate) async fn visitor(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Answer {
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// A browser that is logged in.
pub(crate) async fn member(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Answer {
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// An admin.
pub(crate) async fn admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Answer {
    Ok(next.call(request).await?.map_into_boxed_body())
}
