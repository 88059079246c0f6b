//! What every page has around its matter: who is here, the menu, the message, the theme.

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use crate::account::model::{Account, Role};
use crate::clock::Instant;
use crate::dashboard::flash::Flash;
use crate::dashboard::guard::{self, Member};
use crate::dashboard::menu::{Entry, menu};
use crate::dashboard::theme::Theme;
use crate::dashboard::{csrf, local_path};
use crate::error::Error;
use crate::server::State;

/// The page to be on when no other is known.
pub(crate) const HOME: &str = "/dashboard";

/// The chrome of one page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Who is logged in.
    pub(crate) account: Option<Account>,
    /// The value of every form's hidden field.
    pub(crate) csrf: String,
    /// What happened before this page.
    pub(crate) flash: Option<Flash>,
    /// The colours.
    pub(crate) theme: Theme,
    /// When the page was made.
    pub(crate) now: Instant,
    /// Path and query of the page, to come back to.
    pub(crate) here: String,
    /// The address people reach the dashboard at.
    pub(crate) public_url: String,
    /// The address programs reach the API at.
    pub(crate) api_url: String,
}

impl Page {
    /// The chrome of the page that answers `request`.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Error> {
        let state = request
            .app_data::<web::Data<State>>()
            .ok_or_else(|| Error::Internal("a server without a state".to_owned()))?;
        let binding = guard::binding(request, state)?;
        let here = request
            .uri()
            .path_and_query()
            .map_or("", |path| path.as_str());
        let account = request
            .extensions()
            .get::<Member>()
            .map(|member| member.account.clone());
        Ok(Self {
            account,
            csrf: csrf::value(&state.form_key, &binding)?,
            flash: Flash::take(&request.get_session()),
            theme: Theme::of(request, state),
            now: state.clock.now(),
            here: local_path::checked(here).unwrap_or(HOME).to_owned(),
            public_url: state.public_url.to_string(),
            api_url: state.api_url.to_string(),
        })
    }

    /// The menu.
    pub(crate) fn menu(&self) -> Vec<Entry> {
        let path = self.here.split('?').next().unwrap_or_default();
        menu(
            path,
            self.account
                .as_ref()
                .is_some_and(|account| account.role == Role::Admin),
        )
    }

    /// When the page was made.
    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    /// What the title begins with.
    pub(crate) fn outcome(&self) -> String {
        self.flash
            .as_ref()
            .map(|flash| format!("{}: ", flash.word()))
            .unwrap_or_default()
    }
}

impl FromRequest for Page {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request))
    }
}
