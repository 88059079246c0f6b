//! Who may see a page, and which forms are ours. Handlers get what is found here: a `Member`, a
//! `Form`.

use std::net::IpAddr;

use actix_session::{Session, SessionExt};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use url::form_urlencoded::byte_serialize;

use crate::account::model::{Account, Role};
use crate::account::repository;
use crate::account::session::part;
use crate::audit::event::Actor;
use crate::dashboard::form::Form;
use crate::dashboard::redirect::see_other;
use crate::dashboard::visitor::Visitor;
use crate::dashboard::{csrf, local_path};
use crate::error::Error;
use crate::id::Id;
use crate::server::{Client, State, denied};

type Answer = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// Whoever is logged in.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Their account.
    pub(crate) account: Account,
    /// The public id of their session.
    pub(crate) session_id: Id,
    /// Where the request comes from.
    pub(crate) address: IpAddr,
    request_id: String,
}

impl Member {
    /// The member as the audit trail knows them.
    pub(crate) fn actor(&self) -> Actor {
        Actor::user(self.account.id, &self.account.name, Some(self.session_id))
            .at(self.address, &self.request_id)
    }
}

impl FromRequest for Member {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let member = request.extensions().get::<Self>().cloned();
        let fault = || Error::Internal("a page for members passed without its guard".to_owned());
        std::future::ready(member.ok_or_else(fault))
    }
}

/// A browser, logged in or not.
pub(crate) async fn visitor(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Answer {
    let state = request.extract::<web::Data<State>>().await?;
    let outcome = match recognize(&mut request, &state).await {
        Ok(_) => read_form(&mut request, &state).await,
        Err(error) => Err(error),
    };
    let mut response = match outcome {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(error) => request.error_response(error),
    };
    let visitor = response.request().extensions().get::<Visitor>().cloned();
    if let Some(visitor) = visitor {
        visitor.introduce(&state, response.headers_mut());
    }
    Ok(response)
}

/// A browser that is logged in; another is asked to log in.
pub(crate) async fn member(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Answer {
    behind_log_in(request, next, |_| true).await
}

/// An admin; to any other member there is nothing.
pub(crate) async fn admin(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Answer {
    behind_log_in(request, next, |account| account.role == Role::Admin).await
}

async fn behind_log_in(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    may: fn(&Account) -> bool,
) -> Answer {
    let state = request.extract::<web::Data<State>>().await?;
    let outcome = match recognize(&mut request, &state).await {
        Ok(None) => {
            let log_in = to_log_in(&request);
            return Ok(request.into_response(log_in));
        }
        Ok(Some(member)) if may(&member.account) => read_form(&mut request, &state).await,
        Ok(Some(_)) => Err(Error::NotFound),
        Err(error) => Err(error),
    };
    let response = match outcome {
        Ok(()) => next.call(request).await?.map_into_boxed_body(),
        Err(error) => request.error_response(error),
    };
    let member = response.request().extensions().get::<Member>().cloned();
    if let Some(raised) = response.response().error()
        && let Some(error) = raised.as_error::<Error>()
        && let Some(member) = member
    {
        let (session, actor) = (member.session_id, member.actor());
        denied::record(&state, session, &actor, response.request(), error).await?;
    }
    Ok(response)
}

/// Notes who sends the request.
async fn recognize(
    request: &mut ServiceRequest,
    state: &web::Data<State>,
) -> Result<Option<Member>, Error> {
    let session = request.get_session();
    let (Some(account), Some(session_id)) =
        (id(&session, part::ACCOUNT), id(&session, part::SESSION))
    else {
        Visitor::of(request.request(), state)?;
        return Ok(None);
    };
    let client = request.extract::<Client>().await?;
    let account = state
        .database
        .read(move |connection| repository::get(connection, account))
        .await?;
    let member = Member {
        account,
        session_id,
        address: client.address,
        request_id: client.request_id.to_string(),
    };
    request.extensions_mut().insert(member.clone());
    Ok(Some(member))
}

fn id(session: &Session, part: &str) -> Option<Id> {
    session.get::<String>(part).ok().flatten()?.parse().ok()
}

/// Reads the form of a request that may change something, if it is one of ours.
async fn read_form(request: &mut ServiceRequest, state: &web::Data<State>) -> Result<(), Error> {
    if request.method().is_safe() {
        return Ok(());
    }
    if !csrf::is_from_us(request.headers(), &state.public_url) {
        return Err(Error::FormExpired);
    }
    let binding = binding(request.request(), state)?;
    let form = Form::receive(request, &state.form_key, &binding).await?;
    request.extensions_mut().insert(form);
    Ok(())
}

/// What the browser's forms are bound to.
pub(crate) fn binding(request: &HttpRequest, state: &State) -> Result<String, Error> {
    let member = request
        .extensions()
        .get::<Member>()
        .map(|member| format!("session:{}", member.session_id));
    match member {
        Some(binding) => Ok(binding),
        None => Ok(format!("visitor:{}", Visitor::of(request, state)?.id)),
    }
}

fn to_log_in(request: &ServiceRequest) -> HttpResponse {
    let here = request
        .uri()
        .path_and_query()
        .map_or("", |path| path.as_str());
    match local_path::checked(here) {
        // What was sent is lost, and the page it was sent to may not be one to look at.
        Some(here) if request.method() == Method::GET => {
            let next: String = byte_serialize(here.as_bytes()).collect();
            see_other(&format!("/login?next={next}"))
        }
        _ => see_other("/login"),
    }
}
