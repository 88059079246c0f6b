//! `/auth/verify`: gateways ask it about any request, with the request's own headers.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::bearer;
use crate::api::query::Query;
use crate::error::Error;
use crate::server::Client;
use crate::token::verifier::{Demands, Subject};

const OWNER: HeaderName = HeaderName::from_static("deskforge-owner");
const OWNER_KIND: HeaderName = HeaderName::from_static("deskforge-owner-kind");
const TOKEN_ID: HeaderName = HeaderName::from_static("deskforge-token-id");
const TOKEN_FAMILY: HeaderName = HeaderName::from_static("deskforge-token-family");
const SCOPES: HeaderName = HeaderName::from_static("deskforge-scopes");
const ENVIRONMENT: HeaderName = HeaderName::from_static("deskforge-environment");

/// Lets the gateway's request through, with who calls in the headers, or says why not. Counts as a
/// use of the key.
pub(crate) async fn verify(
    client: Client,
    request: HttpRequest,
    mut query: Query,
) -> Result<HttpResponse, Error> {
    let scopes = query.scopes("scope");
    let fault = "Must be none, development, staging or production";
    let demands = Demands {
        scopes: scopes.iter().map(String::as_str).collect(),
        environment: query.parsed("environment", fault, |text| text.parse().ok()),
    };
    let status = query.parsed("status", "Must be 200", |text| {
        (text == "200").then_some(())
    });
    query.finish()?;
    let presented = bearer::presented(request.headers())?;
    let judged = bearer::verify(&request, presented, &demands, &client).await;
    let subject = judged.map_err(|refusal| refusal.error)?;
    let mut response = HttpResponse::new(match status {
        None => StatusCode::NO_CONTENT,
        Some(()) => StatusCode::OK,
    });
    tell_who(response.headers_mut(), &subject);
    bearer::tell_end(response.headers_mut(), &subject);
    Ok(response)
}

/// The values are copied: one that answers share is counted by all threads at once, which takes
/// longer.
fn tell_who(headers: &mut HeaderMap, subject: &Subject) {
    let (owner, grant) = (&subject.owner, &subject.grant);
    let kind = HeaderValue::from_static(owner.kind.as_str());
    let environment = HeaderValue::from_static(grant.environment.as_str());
    headers.insert(OWNER, value(owner.id.as_str()));
    headers.insert(OWNER_KIND, kind);
    headers.insert(TOKEN_ID, value(subject.id().as_str()));
    headers.insert(TOKEN_FAMILY, value(subject.family_id().as_str()));
    headers.insert(SCOPES, value(grant.scopes.listed()));
    headers.insert(ENVIRONMENT, environment);
}

/// Ids and scope names are ASCII that prints, so none is ever left empty.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
