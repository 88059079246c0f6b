//! `/auth/verify`: gateways ask it about any request, with the request's own headers.

use std::net::IpAddr;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::bearer;
use crate::api::query::Query;
use crate::error::Error;
use crate::server::Client;
use crate::token::environment::Environment;
use crate::token::verifier::{Demands, Subject, Worker};

/// The route.
pub(crate) const PATH: &str = "/auth/verify";

/// What a gateway wants to know.
pub(crate) struct Question {
    scopes: Vec<String>,
    environment: Option<Environment>,
    /// What it is answered with where the key may pass.
    pub(crate) status: StatusCode,
}

impl Question {
    /// Reads it from the query of the URL.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what is not understood.
    pub(crate) fn read(mut query: Query) -> Result<Self, Error> {
        let fault = "Must be none, development, staging or production";
        let scopes = query.scopes("scope");
        let environment = query.parsed("environment", fault, |text| text.parse().ok());
        let status = query.parsed("status", "Must be 200", |text| {
            (text == "200").then_some(StatusCode::OK)
        });
        query.finish()?;
        Ok(Self {
            scopes,
            environment,
            status: status.unwrap_or(StatusCode::NO_CONTENT),
        })
    }

    /// What `take` makes of the key that the `Authorization` headers hold, if it may pass. Counts as
    /// a use of the key.
    ///
    /// # Errors
    /// Those of [`bearer::presented`] and [`Worker::verify`].
    pub(crate) async fn judge<'a, T>(
        &self,
        worker: &Worker,
        authorization: impl Iterator<Item = &'a [u8]>,
        agent: &[u8],
        address: IpAddr,
        take: impl FnMut(&Subject) -> T,
    ) -> Result<T, Error> {
        let presented = bearer::presented(authorization)?;
        let demands = Demands {
            scopes: self.scopes.iter().map(String::as_str).collect(),
            environment: self.environment,
        };
        let judged = worker.verify(presented, &demands, agent, address, take);
        judged.await.map_err(|refusal| refusal.error)
    }
}

/// Lets the gateway's request through, with who calls in the headers, or says why not.
pub(crate) async fn verify(
    client: Client,
    request: HttpRequest,
    query: Query,
) -> Result<HttpResponse, Error> {
    let question = Question::read(query)?;
    let (worker, authorization) = (bearer::worker(&request)?, bearer::values(request.headers()));
    let answer = |subject: &Subject| {
        let mut response = HttpResponse::new(question.status);
        tell_who(subject, |name, value| {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                let headers = response.headers_mut();
                headers.insert(HeaderName::from_static(name), value);
            }
        });
        response
    };
    let (agent, address) = (client.agent(), client.address);
    question
        .judge(worker, authorization, agent, address, answer)
        .await
}

/// Gives `tell` the headers that say who calls, names in lower case. Ids, names of scopes and
/// instants are ASCII that prints.
pub(crate) fn tell_who(subject: &Subject, mut tell: impl FnMut(&'static str, &[u8])) {
    let (owner, grant) = (&subject.owner, &subject.grant);
    tell("deskforge-owner", owner.id.as_bytes());
    tell("deskforge-owner-kind", owner.kind.as_str().as_bytes());
    tell("deskforge-token-id", subject.id().as_bytes());
    tell("deskforge-token-family", subject.family_id().as_bytes());
    tell("deskforge-scopes", grant.scopes.listed().as_bytes());
    tell(
        "deskforge-environment",
        grant.environment.as_str().as_bytes(),
    );
    if let Some(end) = subject.expires_at() {
        tell(bearer::KEY_EXPIRES, &end.rfc_3339());
    }
}
