//! Whose key is this? What is pasted here comes by POST, and goes nowhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use zeroize::Zeroizing;

use crate::dashboard::badge::Badge;
use crate::dashboard::form::{Form, faults, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::answer;
use crate::error::{Error, FieldErrors};
use crate::server::State;
use crate::token::find::{MOST, find as look};
use crate::token::repository::OwnedToken;

/// The page.
#[derive(Template)]
#[template(path = "admin/find.html")]
struct View {
    page: Page,
    found: Vec<OwnedToken>,
    form: Pasted,
}

/// What was wrong with what was pasted; what it was is not kept.
#[derive(Default)]
struct Pasted {
    errors: FieldErrors,
}

impl View {
    fn status(&self, owned: &OwnedToken) -> Badge {
        Badge::status(&owned.token, self.page.now())
    }
}

/// The keys that fit, each with its owner.
pub(crate) async fn find(
    state: Data<State>,
    member: Member,
    page: Page,
    mut sent: Form,
) -> Result<HttpResponse, Error> {
    let pasted = Zeroizing::new(sent.text("key"));
    let errors = sent.finish();
    let found = if let Err(error) = sound(&errors) {
        Err(error)
    } else {
        let (mint, now) = (state.mint.clone(), state.clock.now());
        state
            .database
            .write(move |connection| look(connection, &mint, &pasted, &member.actor(), now))
            .await
    };
    let (status, found, errors) = match found {
        Ok(found) => (StatusCode::OK, found, FieldErrors::default()),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Vec::new(), faults(error)?),
    };
    let view = View {
        page,
        found,
        form: Pasted { errors },
    };
    answer(status, &view)
}
