//! The `Authorization` header (RFC 6750 section 2.1): the only way in for a key.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use crate::error::Error;
use crate::server::{Client, State, denied};
use crate::token::scope::Scope;
use crate::token::verifier::{Caller, Demands, Refusal, Subject, Worker};

/// The header that says when the key ends.
pub(crate) const KEY_EXPIRES: &str = "deskforge-key-expires";

/// Lets a request through whose key is right and holds `scope`.
pub(crate) async fn require(
    scope: Option<Scope>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let state = request.extract::<web::Data<State>>().await?;
    let client = request.extract::<Client>().await?;
    let demands = Demands {
        scopes: scope.into_iter().map(Scope::name).collect(),
        environment: None,
    };
    let judged = match presented(values(request.headers())) {
        Err(error) => Err(error.into()),
        Ok(key) => {
            worker(request.request())?
                .verify(key, &demands, client.agent(), client.address, |subject| {
                    Arc::new(subject.clone())
                })
                .await
        }
    };
    match judged {
        Err(Refusal { error, subject }) => {
            if let Some(subject) = &subject {
                let caller = client.with(subject.clone());
                let (key, actor) = (subject.id(), caller.actor());
                denied::record(&state, key, &actor, request.request(), &error).await?;
            }
            // A revoked or paused key is answered as one that never was.
            let tells_of_the_key = !matches!(error, Error::KeyInvalid);
            let mut response = request.error_response(error);
            if let Some(subject) = subject.filter(|_| tells_of_the_key) {
                tell_end(response.headers_mut(), &subject);
            }
            Ok(response)
        }
        Ok(subject) => {
            let caller = client.with(subject);
            request.extensions_mut().insert(caller.clone());
            let mut response = next.call(request).await?.map_into_boxed_body();
            if let Some(raised) = response.response().error()
                && let Some(error) = raised.as_error::<Error>()
            {
                let (key, actor) = (caller.subject.id(), caller.actor());
                denied::record(&state, key, &actor, response.request(), error).await?;
            }
            tell_end(response.headers_mut(), &caller.subject);
            Ok(response)
        }
    }
}

/// What the worker that serves the request has of its own.
pub(crate) fn worker(request: &HttpRequest) -> Result<&Worker, Error> {
    request
        .app_data::<Rc<Worker>>()
        .map(Rc::as_ref)
        .ok_or_else(|| Error::Internal("a worker was not given its part".to_owned()))
}

/// What the `Authorization` headers say.
pub(crate) fn values(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers.get_all(AUTHORIZATION).map(HeaderValue::as_bytes)
}

/// The key that the header holds. Two headers are as good as a malformed one.
pub(crate) fn presented<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Result<&'a [u8], Error> {
    let value = values.next().ok_or(Error::KeyMissing)?;
    if values.next().is_some() {
        return Err(Error::KeyInvalid);
    }
    let end = value
        .iter()
        .position(|byte| *byte == b' ')
        .unwrap_or(value.len());
    let (scheme, rest) = value.split_at_checked(end).ok_or(Error::KeyInvalid)?;
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        return Err(Error::KeyMissing);
    }
    rest.split_first()
        .map(|(_, key)| key)
        .ok_or(Error::KeyInvalid)
}

/// Says when the key ends.
pub(crate) fn tell_end(headers: &mut HeaderMap, subject: &Subject) {
    let end = subject
        .expires_at()
        .map(|end| HeaderValue::from_bytes(&end.rfc_3339()));
    if let Some(Ok(end)) = end {
        headers.insert(HeaderName::from_static(KEY_EXPIRES), end);
    }
}

impl Client {
    /// The caller that this client is with its key.
    fn with(&self, subject: Arc<Subject>) -> Caller {
        Caller {
            subject,
            address: self.address,
            request_id: self.request_id.to_string(),
        }
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Self>().cloned();
        let fault = || Error::Internal("a handler wants a caller that nobody checked".to_owned());
        std::future::ready(caller.ok_or_else(fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(values: &[&'a str]) -> Result<&'a [u8], Error> {
        presented(values.iter().map(|value| value.as_bytes()))
    }

    #[test]
    fn one_header_of_the_bearer_scheme_is_read_to_the_byte() {
        assert_eq!(read(&["Bearer df_x"]).unwrap(), b"df_x");
        assert_eq!(read(&["bEARER df_x"]).unwrap(), b"df_x");
        assert_eq!(read(&["Bearer  df_x"]).unwrap(), b" df_x");
        for missing in [&[][..], &["Basic ZGY6"], &["df_x"], &[""]] {
            assert!(matches!(read(missing), Err(Error::KeyMissing)));
        }
        for invalid in [
            &["Bearer"][..],
            &["Bearer a", "Bearer b"],
            &["Bearer a", "Basic b"],
        ] {
            assert!(matches!(read(invalid), Err(Error::KeyInvalid)));
        }
    }
}
