//! Addresses that lead on, or nowhere.

use actix_web::HttpResponse;

use crate::dashboard::page::HOME;
use crate::dashboard::redirect::see_other;
use crate::dashboard::tokens::LIST;
use crate::error::Error;

/// Who comes to the door is led in.
pub(crate) async fn door() -> HttpResponse {
    see_other(HOME)
}

/// The settings begin with the access tokens.
pub(crate) async fn first() -> HttpResponse {
    see_other(LIST)
}

/// An address under the dashboard at which there is nothing: told to members alone, so that the
/// page has its menu.
pub(crate) async fn nothing() -> Result<HttpResponse, Error> {
    Err(Error::NotFound)
}
