//! Inviting somebody: a form, and the link, shown this once in the answer to it.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::{link, standing};
use crate::account::lifecycle::check_invited;
use crate::account::link::lifecycle::{self, Made};
use crate::account::model::Role;
use crate::dashboard::choice::Choice;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::error::{Error, FieldErrors};
use crate::server::State;

/// The page.
#[derive(Template)]
#[template(path = "admin/people/invite.html")]
struct View {
    page: Page,
    form: Invitation,
}

/// What was typed.
struct Invitation {
    name: String,
    email: String,
    role: String,
    errors: FieldErrors,
}

impl Invitation {
    fn roles(&self) -> impl Iterator<Item = Choice> {
        [Role::Member, Role::Admin].into_iter().map(|role| {
            let value = role.as_str();
            Choice::new(value, standing::role(role), value == self.role)
        })
    }
}

/// The form.
pub(crate) async fn ask(page: Page) -> Result<HttpResponse, Error> {
    let form = Invitation {
        name: String::new(),
        email: String::new(),
        role: Role::Member.as_str().to_owned(),
        errors: FieldErrors::default(),
    };
    show(&View { page, form })
}

/// Makes the account and shows the link.
pub(crate) async fn invite(
    state: Data<State>,
    member: Member,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let digest = sent.digest(&state.form_key, member.account.id);
    let mut form = Invitation {
        name: sent.text("name"),
        email: sent.text("email"),
        role: sent.text("role"),
        errors: FieldErrors::default(),
    };
    form.errors = sent.finish();
    match store(&state, &member, &form, digest).await {
        Ok(made) => link::reveal(page, &session, made),
        Err(error) => {
            form.errors = match error {
                Error::Conflict(why) => FieldErrors::one("email", why),
                other => faults(other)?,
            };
            again(&View { page, form })
        }
    }
}

async fn store(
    state: &State,
    member: &Member,
    form: &Invitation,
    digest: [u8; 32],
) -> Result<Made, Error> {
    sound(&form.errors)?;
    let person = check_invited(&form.name, &form.email);
    let role: Result<Role, _> = form.role.parse();
    let role = role.map_err(|_| Error::Invalid(FieldErrors::one("role", "Choose a role")));
    let (person, role) = (person?, role?);
    let (key, actor, now) = (state.link_key.clone(), member.actor(), state.clock.now());
    state
        .database
        .write(move |connection| {
            lifecycle::invite(connection, &key, &person, role, digest, &actor, now)
        })
        .await
}
