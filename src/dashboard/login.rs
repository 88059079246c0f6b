//! Logging in and out.

use actix_session::Session;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use crate::account::login::Attempt;
use crate::account::model::Account;
use crate::account::password::Password;
use crate::account::session::{lifecycle, part};
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::local_path;
use crate::dashboard::page::{HOME, Page};
use crate::dashboard::redirect::see_other;
use crate::dashboard::render::{answer, show};
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::{Client, State, session as server_session};

const CLEAR: HeaderName = HeaderName::from_static("clear-site-data");

/// The page.
#[derive(Template)]
#[template(path = "login.html")]
struct View {
    page: Page,
    form: LogIn,
}

/// What was typed, the password aside.
#[derive(Default)]
struct LogIn {
    email: String,
    next: String,
    errors: FieldErrors,
}

/// The form. Whoever is logged in already goes on to where they wanted to be.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    mut page: Page,
) -> Result<HttpResponse, Error> {
    let next = Form::of_query(&request).text("next");
    let next = local_path::checked(&next).unwrap_or_default();
    if page.account.is_some() {
        return Ok(see_other(if next.is_empty() { HOME } else { next }));
    }
    if request
        .cookie(server_session::cookie_name(&state))
        .is_some()
    {
        page.flash = Some(Flash::note("Your session ended. Log in to go on."));
    }
    let form = LogIn {
        next: next.to_owned(),
        ..LogIn::default()
    };
    show(&View { page, form })
}

/// Opens a session.
pub(crate) async fn log_in(
    state: Data<State>,
    client: Client,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let email = sent.text("email");
    let password = Password::from(sent.text("password"));
    let next = sent.text("next");
    let mut form = LogIn {
        email,
        next: local_path::checked(&next).unwrap_or_default().to_owned(),
        errors: sent.finish(),
    };
    let session_id = Id::new();
    let attempt = Attempt {
        address: client.address,
        request_id: client.request_id.to_string(),
        session_id,
    };
    let admitted = match sound(&form.errors) {
        Ok(()) => {
            state
                .doorkeeper
                .log_in(&form.email, password, attempt)
                .await
        }
        Err(error) => Err(error),
    };
    match admitted {
        Ok(account) => {
            open(&session, &account, session_id, &client)?;
            Ok(see_other(if form.next.is_empty() {
                HOME
            } else {
                &form.next
            }))
        }
        Err(error @ (Error::LogInRefused | Error::Throttled(_) | Error::Invalid(_))) => {
            let status = error.status_code();
            form.errors = match error {
                Error::Invalid(errors) => errors,
                other => FieldErrors::one("email", other),
            };
            answer(status, &View { page, form })
        }
        Err(error) => Err(error),
    }
}

/// Begins the session of `account` under a new key: one that was planted before log-in is worth
/// nothing after it.
///
/// # Errors
/// When the session does not take it, which is a fault of the program.
pub(super) fn open(
    session: &Session,
    account: &Account,
    session_id: Id,
    client: &Client,
) -> Result<(), Error> {
    session.clear();
    session.renew();
    for (part, value) in [
        (part::ACCOUNT, account.id.to_string()),
        (part::SESSION, session_id.to_string()),
        (part::ADDRESS, client.address.to_string()),
        (part::DEVICE, client.name()),
    ] {
        session
            .insert(part, value)
            .map_err(|error| Error::Internal(error.to_string()))?;
    }
    Ok(())
}

/// Ends the session, and asks the browser to forget what it has kept of the pages.
pub(crate) async fn log_out(
    state: Data<State>,
    member: Member,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let now = state.clock.now();
    state
        .database
        .write(move |connection| {
            let (account, ended) = (member.account.id, member.session_id);
            lifecycle::log_out(connection, account, ended, &member.actor(), now)
        })
        .await?;
    session.purge();
    let mut response = see_other("/login");
    let kinds = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert(CLEAR, kinds);
    Ok(response)
}
