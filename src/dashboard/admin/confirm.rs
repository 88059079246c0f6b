//! Many keys are revoked: a page that says which, how many and whose, and the deed.

use actix_session::Session;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;

use super::INCIDENT;
use crate::dashboard::flash::Flash;
use crate::dashboard::form::{Form, sound};
use crate::dashboard::guard::Member;
use crate::dashboard::page::Page;
use crate::dashboard::render::answer;
use crate::dashboard::tokens::reason::ReasonForm;
use crate::error::{Error, FieldErrors};
use crate::id::Id;
use crate::server::State;
use crate::text::{counted, grouped};
use crate::token::list::Filter;
use crate::token::revocation::{self, Preview};

/// The most words of a count that are read.
const MOST_DIGITS: usize = 20;

/// Which keys are meant, and where one is.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) filter: Filter,
    /// Which keys those are, in words.
    pub(super) which: Vec<String>,
    /// Where the form is sent.
    pub(super) action: String,
    /// Where one goes who keeps them.
    pub(super) back: String,
    /// Whether their number is to be typed.
    pub(super) must_type: bool,
}

/// What was sent.
#[derive(Debug, Default)]
pub(super) struct Confirmation {
    pub(super) reason: String,
    /// How many keys the page told of.
    expected: Option<usize>,
    /// How many were typed.
    pub(super) count: String,
    pub(super) errors: FieldErrors,
}

/// The part of a page that asks.
pub(super) struct Question {
    pub(super) target: Target,
    pub(super) preview: Preview,
}

impl Question {
    /// "1,204 keys".
    pub(super) fn keys(&self) -> String {
        counted(self.preview.all.count, "key")
    }

    /// What must be typed, in words.
    pub(super) fn to_type(&self) -> String {
        format!("Type {} to confirm", self.preview.all.count)
    }

    /// "1,204 keys of 3 owners. 12 were used within 24 hours."
    pub(super) fn verdict(&self) -> String {
        let all = &self.preview.all;
        let owners = counted(all.owners.len(), "owner");
        let more = if all.others > 0 { " and others" } else { "" };
        let used = match self.preview.in_use {
            0 => "None was used within 24 hours.".to_owned(),
            1 => "1 was used within 24 hours.".to_owned(),
            count => format!("{} were used within 24 hours.", grouped(count)),
        };
        format!("{} of {owners}{more}. {used}", self.keys())
    }

    /// Reads what would be revoked.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn read(state: &State, page: &Page, target: Target) -> Result<Self, Error> {
        let (filter, now) = (target.filter.clone(), page.now());
        let preview = state
            .database
            .read(move |connection| revocation::preview(connection, &filter, now))
            .await?;
        Ok(Self { target, preview })
    }
}

/// The page.
#[derive(Template)]
#[template(path = "admin/confirm.html")]
struct View {
    page: Page,
    question: Question,
    form: Confirmation,
}

/// The question.
pub(super) async fn ask(
    state: &State,
    session: &Session,
    page: Page,
    target: Target,
) -> Result<HttpResponse, Error> {
    let question = Question::read(state, &page, target).await?;
    if question.preview.all.count == 0 {
        let none = "None of these keys works any more.";
        return Flash::note(none).on(session, &question.target.back);
    }
    answer(
        StatusCode::OK,
        &View {
            page,
            question,
            form: Confirmation::default(),
        },
    )
}

/// Revokes the keys, or shows the page again with why not.
pub(super) async fn revoke(
    state: &State,
    member: Member,
    session: &Session,
    page: Page,
    target: Target,
    sent: Form,
) -> Result<HttpResponse, Error> {
    let mut form = Confirmation::read(sent);
    match store(state, member, &target, &mut form).await {
        Ok((id, done)) => done.on(session, &format!("{INCIDENT}/{id}")),
        Err(error) => {
            let status = error.status_code();
            form.errors = ReasonForm::faults(error)?;
            form.count.clear();
            // A database that is away tells nothing of keys either.
            let question = match Question::read(state, &page, target.clone()).await {
                Ok(question) => question,
                Err(_) => Question {
                    target,
                    preview: Preview::default(),
                },
            };
            let view = View {
                page,
                question,
                form,
            };
            answer(status, &view)
        }
    }
}

impl Confirmation {
    /// One to be filled in, on a page that has something else to complain of.
    pub(super) fn with(errors: FieldErrors) -> Self {
        Self {
            errors,
            ..Self::default()
        }
    }

    fn read(mut sent: Form) -> Self {
        Self {
            reason: sent.text("reason"),
            expected: sent.parsed("expected", "This is no count", |text| text.parse().ok()),
            count: sent.text("count"),
            errors: sent.finish(),
        }
    }

    /// The count that the page told, if it was typed where it must be.
    fn confirmed(&mut self, must_type: bool) -> Option<usize> {
        let expected = self.expected?;
        let typed: String = self
            .count
            .chars()
            .filter(char::is_ascii_digit)
            .take(MOST_DIGITS)
            .collect();
        if must_type && typed.parse() != Ok(expected) {
            self.errors
                .add("count", format!("Type {expected} to confirm"));
        }
        Some(expected)
    }
}

async fn store(
    state: &State,
    member: Member,
    target: &Target,
    form: &mut Confirmation,
) -> Result<(Id, Flash), Error> {
    let expected = form.confirmed(target.must_type);
    sound(&form.errors)?;
    let expected = expected.ok_or(Error::FormExpired)?;
    let (filter, which) = (target.filter.clone(), target.which.clone().into());
    let (reason, now) = (form.reason.clone(), state.clock.now());
    let id = state
        .database
        .write(move |connection| {
            let actor = member.actor();
            revocation::revoke(connection, &filter, &which, expected, &reason, &actor, now)
        })
        .await?;
    let told = format!("{} revoked at {}.", counted(expected, "key"), now.exact());
    Ok((id, Flash::done(told)))
}
