//! Which routes there are, and what each kind of them answers to whom.

/// What a visitor is to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The handler is reached: it does what was asked, or tells what it misses.
    LetIn,
    /// 303 to the log-in.
    LogIn,
    /// 401: no key came.
    KeyMissing,
    /// 403: a key without what is needed.
    ScopeMissing,
    /// 404, and to the byte what an unknown id gets.
    NotThere,
}

/// Who comes. `Mira` owns whatever a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    Nobody,
    Mira,
    OtherMember,
    Admin,
    Disabled,
    MirasKey,
    AdminsKey,
    ServiceKey,
}

impl Who {
    pub(super) const ALL: [Self; 8] = [
        Self::Nobody,
        Self::OtherMember,
        Self::Disabled,
        Self::Admin,
        Self::AdminsKey,
        Self::ServiceKey,
        Self::MirasKey,
        Self::Mira,
    ];
}

/// Routes that answer all alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Open to everybody.
    Open,
    /// Open to every browser; what a key is sent in is not looked at.
    Browser,
    /// A member's page that names nothing.
    Page,
    /// A member's page about a thing of theirs.
    OwnPage,
    /// An admin's page.
    AdminPage,
    /// A program's route that names nothing.
    Api,
    /// A program's route for the keys of admins alone, whatever scopes another holds.
    AdminApi,
    /// A program's route about a thing of the key's owner.
    OwnApi,
}

impl Kind {
    pub(super) fn answer(self, who: Who) -> Answer {
        use Answer::{KeyMissing, LetIn, LogIn, NotThere, ScopeMissing};
        use Who::{Admin, AdminsKey, Disabled, Mira, MirasKey, Nobody, ServiceKey};
        let is_program = matches!(who, MirasKey | AdminsKey | ServiceKey);
        match self {
            // A session never works on the API, and a key never at the dashboard.
            Self::Api | Self::OwnApi | Self::AdminApi if !is_program => KeyMissing,
            Self::Page | Self::OwnPage | Self::AdminPage
                if is_program || matches!(who, Nobody | Disabled) =>
            {
                LogIn
            }
            Self::OwnPage if who != Mira => NotThere,
            Self::AdminPage if who != Admin => NotThere,
            Self::OwnApi if who != MirasKey => NotThere,
            Self::AdminApi if who != AdminsKey => ScopeMissing,
            _ => LetIn,
        }
    }
}

/// Every route and its kind. One that is not here is nobody's, and fails the test.
#[rustfmt::skip]
pub(super) const ROUTES: &[(Kind, &str, &[&str])] = &[
    (Kind::Open, "GET", &["/auth/verify", "/healthz", "/readyz", "/", "/static/{digest}/{name}"]),
    (Kind::Browser, "GET", &["/setup", "/login", "/password"]),
    (Kind::Browser, "POST", &["/setup", "/login", "/password", "/theme"]),
    (Kind::Page, "GET", &[
        "/dashboard", "/dashboard/docs", "/dashboard/projects", "/dashboard/projects/new",
        "/dashboard/settings", "/dashboard/settings/tokens", "/dashboard/settings/tokens/new",
        "/dashboard/settings/tokens/revoke", "/dashboard/settings/security",
        "/dashboard/settings/security/log",
    ]),
    (Kind::Page, "POST", &[
        "/logout", "/dashboard/projects", "/dashboard/settings/tokens",
        "/dashboard/settings/tokens/revoke", "/dashboard/settings/security",
        "/dashboard/settings/security/sessions/end-others",
    ]),
    (Kind::OwnPage, "GET", &[
        "/dashboard/projects/{id}", "/dashboard/projects/{id}/delete",
        "/dashboard/settings/tokens/{id}", "/dashboard/settings/tokens/{id}/edit",
        "/dashboard/settings/tokens/{id}/first-request", "/dashboard/settings/tokens/{id}/rotate",
        "/dashboard/settings/tokens/{id}/revoke", "/dashboard/settings/tokens/{id}/pause",
        "/dashboard/settings/tokens/{id}/leaked", "/dashboard/settings/tokens/{id}/delete",
    ]),
    (Kind::OwnPage, "POST", &[
        "/dashboard/projects/{id}", "/dashboard/projects/{id}/delete",
        "/dashboard/settings/tokens/{id}/edit", "/dashboard/settings/tokens/{id}/rotate",
        "/dashboard/settings/tokens/{id}/rotate/places",
        "/dashboard/settings/tokens/{id}/rotate/finish",
        "/dashboard/settings/tokens/{id}/revoke", "/dashboard/settings/tokens/{id}/unusual",
        "/dashboard/settings/tokens/{id}/pause", "/dashboard/settings/tokens/{id}/resume",
        "/dashboard/settings/tokens/{id}/scopes", "/dashboard/settings/tokens/{id}/leaked",
        "/dashboard/settings/tokens/{id}/delete",
        "/dashboard/settings/security/sessions/{id}/end",
    ]),
    (Kind::AdminPage, "GET", &[
        "/dashboard/admin/tokens", "/dashboard/admin/tokens/export.csv",
        "/dashboard/admin/tokens/export.jsonl", "/dashboard/admin/tokens/revoke",
        "/dashboard/admin/tokens/revoke-all", "/dashboard/admin/tokens/{id}",
        "/dashboard/admin/tokens/{id}/revoke", "/dashboard/admin/incident",
        "/dashboard/admin/incident/{id}", "/dashboard/admin/incident/{id}/keys.csv",
        "/dashboard/admin/incident/{id}/keys.jsonl", "/dashboard/admin/report",
        "/dashboard/admin/audit", "/dashboard/admin/audit/{id}",
        "/dashboard/admin/scopes", "/dashboard/admin/scopes/new", "/dashboard/admin/scopes/{name}",
        "/dashboard/admin/scopes/{name}/drop", "/dashboard/admin/scopes/{name}/delete",
        "/dashboard/admin/policy", "/dashboard/admin/policy/broken",
        "/dashboard/admin/users", "/dashboard/admin/users/new", "/dashboard/admin/users/{id}",
        "/dashboard/admin/users/{id}/role", "/dashboard/admin/users/{id}/disable",
        "/dashboard/admin/service-accounts/new", "/dashboard/admin/service-accounts/{id}",
        "/dashboard/admin/service-accounts/{id}/end",
        "/dashboard/admin/service-accounts/{account}/tokens",
        "/dashboard/admin/service-accounts/{account}/tokens/new",
        "/dashboard/admin/service-accounts/{account}/tokens/revoke",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/edit",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/first-request",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/revoke",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/pause",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/leaked",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/delete",
    ]),
    (Kind::AdminPage, "POST", &[
        "/dashboard/admin/tokens/find", "/dashboard/admin/tokens/revoke",
        "/dashboard/admin/tokens/revoke-all", "/dashboard/admin/tokens/{id}/revoke",
        "/dashboard/admin/incident", "/dashboard/admin/audit/export",
        "/dashboard/admin/audit/verify", "/dashboard/admin/scopes",
        "/dashboard/admin/scopes/{name}", "/dashboard/admin/scopes/{name}/retire",
        "/dashboard/admin/scopes/{name}/restore", "/dashboard/admin/scopes/{name}/drop",
        "/dashboard/admin/scopes/{name}/delete", "/dashboard/admin/policy",
        "/dashboard/admin/policy/broken",
        "/dashboard/admin/users", "/dashboard/admin/users/{id}/link",
        "/dashboard/admin/users/{id}/cancel", "/dashboard/admin/users/{id}/role",
        "/dashboard/admin/users/{id}/disable", "/dashboard/admin/users/{id}/enable",
        "/dashboard/admin/users/{id}/end-sessions", "/dashboard/admin/service-accounts",
        "/dashboard/admin/service-accounts/{id}", "/dashboard/admin/service-accounts/{id}/end",
        "/dashboard/admin/service-accounts/{account}/tokens",
        "/dashboard/admin/service-accounts/{account}/tokens/revoke",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/edit",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate/places",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate/finish",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/revoke",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/unusual",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/pause",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/resume",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/scopes",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/leaked",
        "/dashboard/admin/service-accounts/{account}/tokens/{id}/delete",
    ]),
    (Kind::AdminApi, "GET", &["/audit"]),
    (Kind::Api, "GET", &["/projects", "/token", "/tokens"]),
    (Kind::Api, "POST", &["/projects", "/token/rotate", "/tokens"]),
    (Kind::Api, "DELETE", &["/token"]),
    (Kind::OwnApi, "GET", &["/projects/{id}", "/tokens/{id}", "/tokens/{id}/usage"]),
    (Kind::OwnApi, "POST", &["/tokens/{id}/rotate", "/tokens/{id}/pause", "/tokens/{id}/resume"]),
    (Kind::OwnApi, "PATCH", &["/projects/{id}", "/tokens/{id}"]),
    (Kind::OwnApi, "DELETE", &["/projects/{id}", "/tokens/{id}"]),
];
