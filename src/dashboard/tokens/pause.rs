//! Pausing a key to see who misses it: a page that asks, the deed, and the way back.

use actix_session::Session;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;

use super::{evidence, find};
use crate::clock::Instant;
use crate::dashboard::choice::Choice;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::page::Page;
use crate::dashboard::render::{again, show};
use crate::dashboard::tokens::keyring::Keyring;
use crate::dashboard::verdict::{Evidence, were};
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::PathId;
use crate::server::State;
use crate::token::model::{Status, Token};
use crate::token::pause;

const DEAD: &str = "Only a key that can be used can be paused.";
/// What is sent to pause for the shortest time, which is chosen first.
const SHORTEST: &str = "15m";
/// What is sent to pause until somebody resumes the key.
const ENDLESS: &str = "resumed";
/// How long a pause may be: what is sent, words, seconds.
const LENGTHS: [(&str, &str, Option<i64>); 4] = [
    (SHORTEST, "15 minutes", Some(900)),
    ("1h", "1 hour", Some(3_600)),
    ("24h", "24 hours", Some(86_400)),
    (ENDLESS, "Until I resume", None),
];

/// The page.
#[derive(Template)]
#[template(path = "tokens/pause.html")]
struct View {
    page: Page,
    keyring: Keyring,
    token: Token,
    evidence: Evidence,
    form: PauseForm,
}

/// What was chosen.
struct PauseForm {
    until: String,
    errors: FieldErrors,
}

impl PauseForm {
    /// The lengths, each with the instant at which it would end.
    fn lengths(&self, now: Instant) -> impl Iterator<Item = (Choice, Option<Instant>)> {
        LENGTHS.into_iter().map(move |(value, label, seconds)| {
            let choice = Choice::new(value, label, value == self.until);
            (choice, seconds.map(|seconds| now.plus_seconds(seconds)))
        })
    }

    /// The end of the pause that is asked for.
    ///
    /// # Errors
    /// [`Error::Invalid`].
    fn end(&self, now: Instant) -> Result<Option<Instant>, Error> {
        sound(&self.errors)?;
        LENGTHS
            .into_iter()
            .find(|(value, _, _)| *value == self.until)
            .map(|(_, _, seconds)| seconds.map(|seconds| now.plus_seconds(seconds)))
            .ok_or_else(|| Error::Invalid(FieldErrors::one("until", "Choose for how long")))
    }
}

/// The question.
pub(crate) async fn ask(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &keyring, id).await?;
    if !token.is_live(page.now()) {
        return Flash::not_done(DEAD).on(&session, &keyring.address(id));
    }
    let form = PauseForm {
        until: SHORTEST.to_owned(),
        errors: FieldErrors::default(),
    };
    view(&state, page, keyring, token, form)
        .await
        .and_then(|view| show(&view))
}

/// Pauses the key.
pub(crate) async fn pause(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let token = find(&state, &keyring, id).await?;
    let mut form = PauseForm {
        until: sent.text("until"),
        errors: FieldErrors::default(),
    };
    form.errors = sent.finish();
    match store(&state, &keyring, id, &form).await {
        Ok(done) => done.on(&session, &keyring.address(id)),
        Err(Error::Conflict(_)) => Flash::not_done(DEAD).on(&session, &keyring.address(id)),
        Err(error) => {
            form.errors = faults(error)?;
            view(&state, page, keyring, token, form)
                .await
                .and_then(|view| again(&view))
        }
    }
}

/// Ends the pause, and says who was refused.
pub(crate) async fn resume(
    state: Data<State>,
    keyring: Keyring,
    PathId(id): PathId,
    session: Session,
    sent: Form,
) -> Result<HttpResponse, Error> {
    sent.finish().or(())?;
    let token = find(&state, &keyring, id).await?;
    let now = state.clock.now();
    if token.status(now) != Status::Paused {
        return Flash::note("This key is not paused.").on(&session, &keyring.address(id));
    }
    let evidence = evidence::of(&state, &token, now).await?;
    let (keys, actor) = (keyring.keys(), keyring.actor());
    state
        .database
        .write(move |connection| pause::resume(connection, keys, id, &actor, now))
        .await?;
    let refused = were(&evidence.refused);
    let told = format!("\"{}\" resumed. Meanwhile {refused} refused.", token.name);
    Flash::done(told).on(&session, &keyring.address(id))
}

async fn view(
    state: &State,
    page: Page,
    keyring: Keyring,
    token: Token,
    form: PauseForm,
) -> Result<View, Error> {
    let evidence = evidence::of(state, &token, page.now()).await?;
    Ok(View {
        page,
        keyring,
        token,
        evidence,
        form,
    })
}

async fn store(state: &State, keyring: &Keyring, id: Id, form: &PauseForm) -> Result<Flash, Error> {
    let now = state.clock.now();
    let until = form.end(now)?;
    let (keys, actor) = (keyring.keys(), keyring.actor());
    let paused = state
        .database
        .write(move |connection| pause::pause(connection, keys, id, until, &actor, now))
        .await?
        .token;
    let until = until.map_or_else(|| "you resume it".to_owned(), Instant::exact);
    Ok(Flash::done(format!(
        "\"{}\" paused until {until}.",
        paused.name
    )))
}
