//! The first start: making the first admin, once.

use actix_session::Session;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use subtle::ConstantTimeEq;

use crate::account::lifecycle::{check_person, set_up};
use crate::account::model::Account;
use crate::account::password::{Password, SHORTEST};
use crate::account::repository;
use crate::audit::event::Actor;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::login;
use crate::dashboard::page::{HOME, Page};
use crate::dashboard::render::{again, show};
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::{Client, State};

const WRONG_CODE: &str =
    "The code does not fit. Use the link DeskForge printed at its first start.";

/// The page.
#[derive(Template)]
#[template(path = "setup.html")]
struct View {
    page: Page,
    form: SetUp,
}

/// What was typed, the password aside.
#[derive(Default)]
struct SetUp {
    code: String,
    name: String,
    email: String,
    errors: FieldErrors,
}

/// The form, with the code that the link brings.
pub(crate) async fn ask(
    state: Data<State>,
    request: HttpRequest,
    page: Page,
) -> Result<HttpResponse, Error> {
    is_open(&state).await?;
    let form = SetUp {
        code: Form::of_query(&request).text("code"),
        ..SetUp::default()
    };
    show(&View { page, form })
}

/// Makes the first admin and logs them in.
pub(crate) async fn create(
    state: Data<State>,
    client: Client,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    is_open(&state).await?;
    let mut form = SetUp {
        code: sent.text("code"),
        name: sent.text("name"),
        email: sent.text("email"),
        errors: FieldErrors::default(),
    };
    let password = Password::from(sent.text("password"));
    form.errors = sent.finish();
    match make(&state, &client, &form, password).await {
        Ok(account) => {
            login::open(&session, &account, Id::new(), &client)?;
            Flash::done("Next, generate a key.").on(&session, HOME)
        }
        Err(error) => {
            form.errors = faults(error)?;
            again(&View { page, form })
        }
    }
}

async fn make(
    state: &State,
    client: &Client,
    form: &SetUp,
    password: Password,
) -> Result<Account, Error> {
    sound(&form.errors)?;
    let fits: bool = form
        .code
        .trim()
        .as_bytes()
        .ct_eq(state.set_up_code.as_bytes())
        .into();
    if !fits {
        return Err(Error::Invalid(FieldErrors::one("code", WRONG_CODE)));
    }
    let person = check_person(&form.name, &form.email, &password, SHORTEST)?;
    let hash = state.passwords.hash(password).await?;
    let actor = Actor::nobody().at(client.address, &client.request_id);
    let now = state.clock.now();
    state
        .database
        .write(move |connection| set_up(connection, &person, hash, &actor, now))
        .await
}

/// Once there is, or was, an account, there is no such page.
async fn is_open(state: &State) -> Result<(), Error> {
    if state.database.read(repository::is_set_up).await? {
        Err(Error::NotFound)
    } else {
        Ok(())
    }
}
