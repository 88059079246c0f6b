//! Choosing a password by a one-time link.
//!
//! The link's code is taken out of the address at once: it goes into a cookie, so that no history,
//! no picture of the screen and no later page has it. Opening the link changes nothing, as programs
//! that look at mail open links too; it is used up when the password is chosen.

use actix_session::Session;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::account::link::lifecycle;
use crate::account::model::{Account, Standing};
use crate::account::password::Password;
use crate::audit::event::Actor;
use crate::dashboard::cookie;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::login;
use crate::dashboard::page::{HOME, Page};
use crate::dashboard::redirect::see_other;
use crate::dashboard::render::{again, answer, show};
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::policy;
use crate::server::{Client, State};

/// Where the page is.
pub(crate) const ADDRESS: &str = "/password";

const COOKIE: &str = "link";

/// The page.
#[derive(Template)]
#[template(path = "password_link.html")]
struct View {
    page: Page,
    /// Whose password it is.
    account: Account,
    /// What the policy demands.
    shortest: i64,
    form: NewPassword,
}

impl View {
    fn is_invitation(&self) -> bool {
        self.account.standing() == Standing::Invited
    }

    fn hint(&self) -> String {
        let shortest = self.shortest;
        format!("{shortest} characters or more. A sentence works well.")
    }
}

/// What is wrong with the password; what was typed is not shown again.
#[derive(Default)]
struct NewPassword {
    errors: FieldErrors,
}

/// The page where the link opens nothing.
#[derive(Template)]
#[template(path = "password_link_over.html")]
struct Over {
    page: Page,
}

/// The form. With a code in the address, the way to the same page without it.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    page: Page,
) -> Result<HttpResponse, Error> {
    let code = Form::of_query(&request).text("code");
    if !code.is_empty() {
        let mut response = see_other(ADDRESS);
        // What is no code may hold what no cookie may.
        let kept = code
            .chars()
            .filter(|one| one.is_ascii_alphanumeric() || "-_".contains(*one));
        let kept: String = kept.take(100).collect();
        add(&mut response, &cookie::new(&state, COOKIE, kept))?;
        return Ok(response);
    }
    match find(&state, code_of(&request, &state)).await? {
        Some((account, shortest)) => show(&View {
            page,
            account,
            shortest,
            form: NewPassword::default(),
        }),
        None => answer(StatusCode::NOT_FOUND, &Over { page }),
    }
}

/// Sets the password, and logs in whoever chose it.
pub(crate) async fn choose(
    state: Data<State>,
    request: HttpRequest,
    client: Client,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let code = code_of(&request, &state);
    let password = Password::from(sent.text("password"));
    let errors = sent.finish();
    let Some((account, shortest)) = find(&state, code.clone()).await? else {
        return answer(StatusCode::NOT_FOUND, &Over { page });
    };
    let session_id = Id::new();
    let by = Actor::user(account.id, &account.name, Some(session_id))
        .at(client.address, &client.request_id);
    let chosen = match sound(&errors) {
        Ok(()) => store(&state, by, &account, shortest, code, password).await,
        Err(error) => Err(error),
    };
    match chosen {
        Ok(before) => {
            login::open(&session, &before, session_id, &client)?;
            let told = match before.standing() {
                Standing::Invited => "Welcome. You log in with your email and this password.",
                _ => "Password changed. All other sessions ended.",
            };
            let mut response = Flash::done(told).on(&session, HOME)?;
            let mut used_up = cookie::new(&state, COOKIE, "");
            used_up.make_removal();
            add(&mut response, &used_up)?;
            Ok(response)
        }
        // Used up, replaced or called off while the page was open.
        Err(Error::NotFound) => answer(StatusCode::NOT_FOUND, &Over { page }),
        Err(error) => {
            let form = NewPassword {
                errors: faults(error)?,
            };
            again(&View {
                page,
                account,
                shortest,
                form,
            })
        }
    }
}

async fn store(
    state: &State,
    by: Actor,
    account: &Account,
    shortest: i64,
    code: String,
    password: Password,
) -> Result<Account, Error> {
    let known = [
        account.name.as_str(),
        account.email.as_deref().unwrap_or_default(),
    ];
    let mut errors = FieldErrors::default();
    errors.take("password", password.check(shortest, &known));
    errors.or(())?;
    let hash = state.passwords.hash(password).await?;
    let (key, now) = (state.link_key.clone(), state.clock.now());
    state
        .database
        .write(move |connection| lifecycle::take(connection, &key, &code, &hash, &by, now))
        .await
}

fn code_of(request: &HttpRequest, state: &State) -> String {
    cookie::read(request, state, COOKIE).unwrap_or_default()
}

/// Whose password the code lets choose, and how long it must be; nobody's, where it opens nothing.
async fn find(state: &State, code: String) -> Result<Option<(Account, i64)>, Error> {
    let (key, now) = (state.link_key.clone(), state.clock.now());
    let found = state
        .database
        .read(move |connection| {
            let (account, _) = lifecycle::find(connection, &key, &code, now)?;
            let policy = policy::repository::read(connection)?;
            Ok((account, policy.shortest_password))
        })
        .await;
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

fn add(response: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Error> {
    response
        .add_cookie(cookie)
        .map_err(|error| Error::Internal(error.to_string()))
}
