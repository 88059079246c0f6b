//! Light, dark, or as the system is: a cookie, set on `html` by the server, so that nothing flashes.

use actix_web::cookie::time::Duration;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::dashboard::form::Form;
use crate::dashboard::page::HOME;
use crate::dashboard::redirect::see_other;
use crate::dashboard::{cookie, local_path};
use crate::error::Error;
use crate::server::State;

const COOKIE: &str = "theme";
/// How long browsers keep the choice.
const KEPT: Duration = Duration::days(365);

/// Remembers the choice and shows the page it was made on.
pub(crate) async fn choose(state: Data<State>, mut form: Form) -> Result<HttpResponse, Error> {
    let back = form.text("back");
    let theme = form.parsed("theme", "Choose system, light or dark", Theme::named);
    form.finish().or(())?;
    let mut response = see_other(local_path::checked(&back).unwrap_or(HOME));
    let mut cookie = cookie::new(&state, COOKIE, theme.unwrap_or_default().as_str());
    cookie.set_max_age(KEPT);
    response
        .add_cookie(&cookie)
        .map_err(|error| Error::Internal(error.to_string()))?;
    Ok(response)
}

/// The colours a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
}

impl Theme {
    /// Every theme, in the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// What was chosen in the browser that sent `request`.
    pub(crate) fn of(request: &HttpRequest, state: &State) -> Self {
        cookie::read(request, state, COOKIE)
            .and_then(|name| Self::named(&name))
            .unwrap_or_default()
    }

    /// The name in the cookie and the form.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The name on the button.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// The value of `data-theme`, unless the system decides.
    pub(crate) fn forced(self) -> Option<&'static str> {
        (self != Self::System).then_some(self.as_str())
    }

    /// The theme called `text`, if there is one.
    pub(crate) fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text)
    }
}
