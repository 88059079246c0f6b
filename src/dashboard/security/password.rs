//! Changing one's password.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;

use super::ADDRESS;
use super::show::View;
use crate::account::lifecycle;
use crate::account::password::Password;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::again;
use crate::error::{Error, FieldErrors};
use crate::policy;
use crate::server::State;

/// Changes the password and ends the other sessions.
pub(crate) async fn change(
    state: Data<State>,
    member: Member,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let current = Password::from(sent.text("current_password"));
    let new = Password::from(sent.text("new_password"));
    let changed = match sound(&sent.finish()) {
        Ok(()) => store(&state, &member, current, new).await,
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => Flash::done("Password changed. Other sessions ended.").on(&session, ADDRESS),
        Err(error) => {
            let errors = faults(error)?;
            again(&View::read(&state, &member, page, errors).await?)
        }
    }
}

async fn store(
    state: &State,
    member: &Member,
    current: Password,
    new: Password,
) -> Result<(), Error> {
    let account = &member.account;
    let mut errors = FieldErrors::default();
    match state
        .doorkeeper
        .confirm(account, current, member.address)
        .await
    {
        Ok(true) => {}
        Ok(false) => errors.add("current_password", "Current password is not right"),
        Err(error @ Error::Throttled(_)) => errors.add("current_password", error),
        Err(error) => return Err(error),
    }
    let policy = state.database.read(policy::repository::read).await?;
    let shortest = policy.shortest_password;
    let known = [
        account.name.as_str(),
        account.email.as_deref().unwrap_or_default(),
    ];
    errors.take("new_password", new.check(shortest, &known));
    errors.or(())?;
    let hash = state.passwords.hash(new).await?;
    let (id, kept, actor) = (account.id, Some(member.session_id), member.actor());
    let now = state.clock.now();
    state
        .database
        .write(move |connection| {
            lifecycle::change_password(connection, id, &hash, kept, &actor, now)
        })
        .await
}
