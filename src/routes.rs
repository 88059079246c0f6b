//! The route table: every path, its method, who may come, and its handler.
//!
//! Authority is checked here and nowhere else: a handler behind [`Authority::Key`] takes a
//! `Caller`, one behind [`Authority::Member`] a `Member`, which only the checks give. A path that
//! is not here does not exist.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpResponse, Resource, Responder, Route, guard, web};

use crate::api::{audit, bearer, gateway, health, pause, projects, rotation, token, tokens, usage};
use crate::dashboard::guard as page_guard;
use crate::dashboard::{
    self as page, admin, login, password_link, security, settings, setup, theme,
};
use crate::error::Error;
use crate::server::{State, session};
use crate::token::scope::Scope;

/// Who may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Anyone.
    Open,
    /// A program whose key holds the scope; with none, any right key.
    Key(Option<Scope>),
    /// A browser, logged in or not; its forms must be ours.
    Visitor,
    /// A browser that is logged in; its forms must be ours.
    Member,
    /// The same as an admin; to anyone else there is nothing.
    Admin,
}

use Authority::{Admin, Key, Member, Open, Visitor};

/// One line of the table.
pub struct Line {
    /// The path, with `{names}` for its variable parts.
    pub path: &'static str,
    /// The method, none for any; GET answers HEAD too.
    pub method: Option<Method>,
    /// Who may come.
    pub authority: Authority,
    handler: Route,
}

impl Line {
    /// Whether requests of this method come here.
    #[must_use]
    pub fn takes(&self, method: &str) -> bool {
        self.method.as_ref().is_none_or(|own| own == method)
    }
}

/// The table. Lines of one path stand together; a fixed path stands before one with names.
#[must_use]
#[rustfmt::skip]
#[expect(clippy::too_many_lines, reason = "it is one table, and reads as one")]
pub fn table() -> Vec<Line> {
    use Scope::{AuditRead, ProjectsRead, ProjectsWrite, SelfRotate, TokensRead, TokensWrite};
    vec![
        any   (gateway::PATH,      Open,                      gateway::verify),
        get   ("/healthz",        Open,                      health::alive),
        get   ("/readyz",         Open,                      health::ready),

        get   ("/projects",       Key(Some(ProjectsRead)),   projects::list),
        post  ("/projects",       Key(Some(ProjectsWrite)),  projects::create),
        get   ("/projects/{id}",  Key(Some(ProjectsRead)),   projects::read),
        patch ("/projects/{id}",  Key(Some(ProjectsWrite)),  projects::change),
        delete("/projects/{id}",  Key(Some(ProjectsWrite)),  projects::delete),

        get   ("/token",          Key(None),                 token::read),
        delete("/token",          Key(None),                 token::revoke),
        post  ("/token/rotate",   Key(Some(SelfRotate)),     rotation::rotate_itself),

        get   ("/tokens",         Key(Some(TokensRead)),     tokens::list),
        post  ("/tokens",         Key(Some(TokensWrite)),    tokens::create),
        get   ("/tokens/{id}",    Key(Some(TokensRead)),     tokens::read),
        patch ("/tokens/{id}",    Key(Some(TokensWrite)),    tokens::change),
        delete("/tokens/{id}",    Key(Some(TokensWrite)),    tokens::revoke),
        get   ("/tokens/{id}/usage",  Key(Some(TokensRead)),  usage::read),
        post  ("/tokens/{id}/rotate", Key(Some(TokensWrite)), rotation::rotate_other),
        post  ("/tokens/{id}/pause",  Key(Some(TokensWrite)), pause::pause),
        post  ("/tokens/{id}/resume", Key(Some(TokensWrite)), pause::resume),

        get   ("/audit",          Key(Some(AuditRead)),      audit::list),

        get   ("/",                                          Open,   settings::door),
        get   ("/static/{digest}/{name}", Open,              page::assets::serve),
        get   ("/setup",          Visitor,                   setup::ask),
        post  ("/setup",          Visitor,                   setup::create),
        get   ("/login",          Visitor,                   login::ask),
        post  ("/login",          Visitor,                   login::log_in),
        post  ("/logout",         Member,                    login::log_out),
        get   ("/password",       Visitor,                   password_link::ask),
        post  ("/password",       Visitor,                   password_link::choose),
        post  ("/theme",          Visitor,                   theme::choose),

        get   ("/dashboard",                                 Member, page::overview::show),
        get   ("/dashboard/docs",                            Member, page::docs::show),

        get   ("/dashboard/projects",                        Member, page::projects::list::list),
        post  ("/dashboard/projects",                        Member, page::projects::new::create),
        get   ("/dashboard/projects/new",                    Member, page::projects::new::ask),
        get   ("/dashboard/projects/{id}",                   Member, page::projects::edit::ask),
        post  ("/dashboard/projects/{id}",                   Member, page::projects::edit::save),
        get   ("/dashboard/projects/{id}/delete",            Member, page::projects::delete::ask),
        post  ("/dashboard/projects/{id}/delete",            Member, page::projects::delete::delete),

        get   ("/dashboard/settings",                        Member, settings::first),
        get   ("/dashboard/settings/tokens",                 Member, page::tokens::list::list),
        post  ("/dashboard/settings/tokens",                 Member, page::tokens::create::create),
        get   ("/dashboard/settings/tokens/new",             Member, page::tokens::new::ask),
        get   ("/dashboard/settings/tokens/revoke",          Member, page::tokens::revoke_several::ask),
        post  ("/dashboard/settings/tokens/revoke",          Member, page::tokens::revoke_several::revoke),
        get   ("/dashboard/settings/tokens/{id}",            Member, page::tokens::show::show),
        get   ("/dashboard/settings/tokens/{id}/edit",       Member, page::tokens::edit::ask),
        post  ("/dashboard/settings/tokens/{id}/edit",       Member, page::tokens::edit::save),
        get   ("/dashboard/settings/tokens/{id}/first-request", Member, page::tokens::first_request::show),
        get   ("/dashboard/settings/tokens/{id}/rotate",     Member, page::tokens::rotate::ask),
        post  ("/dashboard/settings/tokens/{id}/rotate",     Member, page::tokens::rotate::generate),
        post  ("/dashboard/settings/tokens/{id}/rotate/places", Member, page::tokens::rotate::places::save),
        post  ("/dashboard/settings/tokens/{id}/rotate/finish", Member, page::tokens::rotate::finish::finish),
        get   ("/dashboard/settings/tokens/{id}/revoke",     Member, page::tokens::revoke::ask),
        post  ("/dashboard/settings/tokens/{id}/revoke",     Member, page::tokens::revoke::revoke),
        post  ("/dashboard/settings/tokens/{id}/unusual",    Member, page::tokens::unusual::acknowledge),
        get   ("/dashboard/settings/tokens/{id}/pause",      Member, page::tokens::pause::ask),
        post  ("/dashboard/settings/tokens/{id}/pause",      Member, page::tokens::pause::pause),
        post  ("/dashboard/settings/tokens/{id}/resume",     Member, page::tokens::pause::resume),
        post  ("/dashboard/settings/tokens/{id}/scopes",     Member, page::tokens::scopes::drop_one),
        get   ("/dashboard/settings/tokens/{id}/leaked",     Member, page::tokens::leaked::ask),
        post  ("/dashboard/settings/tokens/{id}/leaked",     Member, page::tokens::leaked::replace),
        get   ("/dashboard/settings/tokens/{id}/delete",     Member, page::tokens::delete::ask),
        post  ("/dashboard/settings/tokens/{id}/delete",     Member, page::tokens::delete::delete),
        get   ("/dashboard/settings/security",               Member, security::ask),
        post  ("/dashboard/settings/security",               Member, security::password::change),
        get   ("/dashboard/settings/security/log",           Member, security::log::show),
        post  ("/dashboard/settings/security/sessions/end-others", Member, security::sessions::end_others),
        post  ("/dashboard/settings/security/sessions/{id}/end",   Member, security::sessions::end),

        get   ("/dashboard/admin/tokens",                    Admin,  admin::tokens::list),
        get   ("/dashboard/admin/tokens/export.csv",         Admin,  admin::export::csv),
        get   ("/dashboard/admin/tokens/export.jsonl",       Admin,  admin::export::json_lines),
        post  ("/dashboard/admin/tokens/find",               Admin,  admin::find::find),
        get   ("/dashboard/admin/tokens/revoke",             Admin,  admin::revoke_several::ask),
        post  ("/dashboard/admin/tokens/revoke",             Admin,  admin::revoke_several::revoke),
        get   ("/dashboard/admin/tokens/revoke-all",         Admin,  admin::revoke_all::ask),
        post  ("/dashboard/admin/tokens/revoke-all",         Admin,  admin::revoke_all::revoke),
        get   ("/dashboard/admin/tokens/{id}",               Admin,  admin::token::show),
        get   ("/dashboard/admin/tokens/{id}/revoke",        Admin,  admin::revoke::ask),
        post  ("/dashboard/admin/tokens/{id}/revoke",        Admin,  admin::revoke::revoke),
        get   ("/dashboard/admin/incident",                  Admin,  admin::incident::ask),
        post  ("/dashboard/admin/incident",                  Admin,  admin::incident::revoke),
        get   ("/dashboard/admin/incident/{id}",             Admin,  admin::receipt::show),
        get   ("/dashboard/admin/incident/{id}/keys.csv",    Admin,  admin::receipt::csv),
        get   ("/dashboard/admin/incident/{id}/keys.jsonl",  Admin,  admin::receipt::json_lines),
        get   ("/dashboard/admin/report",                    Admin,  admin::report::show),

        get   ("/dashboard/admin/scopes",                    Admin,  admin::scopes::list::list),
        post  ("/dashboard/admin/scopes",                    Admin,  admin::scopes::new::add),
        get   ("/dashboard/admin/scopes/new",                Admin,  admin::scopes::new::ask),
        get   ("/dashboard/admin/scopes/{name}",             Admin,  admin::scopes::edit::ask),
        post  ("/dashboard/admin/scopes/{name}",             Admin,  admin::scopes::edit::save),
        post  ("/dashboard/admin/scopes/{name}/retire",      Admin,  admin::scopes::retire::retire),
        post  ("/dashboard/admin/scopes/{name}/restore",     Admin,  admin::scopes::retire::restore),
        get   ("/dashboard/admin/scopes/{name}/drop",        Admin,  admin::scopes::withdraw::ask),
        post  ("/dashboard/admin/scopes/{name}/drop",        Admin,  admin::scopes::withdraw::withdraw),
        get   ("/dashboard/admin/scopes/{name}/delete",      Admin,  admin::scopes::delete::ask),
        post  ("/dashboard/admin/scopes/{name}/delete",      Admin,  admin::scopes::delete::delete),
        get   ("/dashboard/admin/policy",                    Admin,  admin::policy::edit::ask),
        post  ("/dashboard/admin/policy",                    Admin,  admin::policy::edit::save),
        get   ("/dashboard/admin/policy/broken",             Admin,  admin::policy::broken::ask),
        post  ("/dashboard/admin/policy/broken",             Admin,  admin::policy::broken::save),

        get   ("/dashboard/admin/audit",                     Admin,  admin::audit::list::list),
        post  ("/dashboard/admin/audit/export",              Admin,  admin::audit::export::send),
        post  ("/dashboard/admin/audit/verify",              Admin,  admin::audit::verify::begin),
        get   ("/dashboard/admin/audit/{id}",                Admin,  admin::audit::event::show_one),

        get   ("/dashboard/admin/users",                     Admin,  admin::people::list::list),
        post  ("/dashboard/admin/users",                     Admin,  admin::people::invite::invite),
        get   ("/dashboard/admin/users/new",                 Admin,  admin::people::invite::ask),
        get   ("/dashboard/admin/users/{id}",                Admin,  admin::people::show::show),
        post  ("/dashboard/admin/users/{id}/link",           Admin,  admin::people::link::make),
        post  ("/dashboard/admin/users/{id}/cancel",         Admin,  admin::people::deeds::cancel),
        get   ("/dashboard/admin/users/{id}/role",           Admin,  admin::people::role::ask),
        post  ("/dashboard/admin/users/{id}/role",           Admin,  admin::people::role::change),
        get   ("/dashboard/admin/users/{id}/disable",        Admin,  admin::people::disable::ask),
        post  ("/dashboard/admin/users/{id}/disable",        Admin,  admin::people::disable::disable),
        post  ("/dashboard/admin/users/{id}/enable",         Admin,  admin::people::deeds::enable),
        post  ("/dashboard/admin/users/{id}/end-sessions",   Admin,  admin::people::deeds::end_sessions),
        post  ("/dashboard/admin/service-accounts",          Admin,  admin::services::new::create),
        get   ("/dashboard/admin/service-accounts/new",      Admin,  admin::services::new::ask),
        get   ("/dashboard/admin/service-accounts/{id}",     Admin,  admin::services::edit::ask),
        post  ("/dashboard/admin/service-accounts/{id}",     Admin,  admin::services::edit::save),
        get   ("/dashboard/admin/service-accounts/{id}/end", Admin,  admin::services::end::ask),
        post  ("/dashboard/admin/service-accounts/{id}/end", Admin,  admin::services::end::end),
        get   ("/dashboard/admin/service-accounts/{account}/tokens", Admin, page::tokens::list::list),
        post  ("/dashboard/admin/service-accounts/{account}/tokens", Admin, page::tokens::create::create),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/new", Admin, page::tokens::new::ask),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/revoke", Admin, page::tokens::revoke_several::ask),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/revoke", Admin, page::tokens::revoke_several::revoke),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}", Admin, page::tokens::show::show),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}/edit", Admin, page::tokens::edit::ask),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/edit", Admin, page::tokens::edit::save),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}/first-request", Admin, page::tokens::first_request::show),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate", Admin, page::tokens::rotate::ask),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate", Admin, page::tokens::rotate::generate),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate/places", Admin, page::tokens::rotate::places::save),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/rotate/finish", Admin, page::tokens::rotate::finish::finish),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}/revoke", Admin, page::tokens::revoke::ask),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/revoke", Admin, page::tokens::revoke::revoke),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/unusual", Admin, page::tokens::unusual::acknowledge),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}/pause", Admin, page::tokens::pause::ask),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/pause", Admin, page::tokens::pause::pause),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/resume", Admin, page::tokens::pause::resume),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/scopes", Admin, page::tokens::scopes::drop_one),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}/leaked", Admin, page::tokens::leaked::ask),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/leaked", Admin, page::tokens::leaked::replace),
        get   ("/dashboard/admin/service-accounts/{account}/tokens/{id}/delete", Admin, page::tokens::delete::ask),
        post  ("/dashboard/admin/service-accounts/{account}/tokens/{id}/delete", Admin, page::tokens::delete::delete),

        get   ("/dashboard/{rest:.*}",                       Member, settings::nothing),
    ]
}

/// Whether errors at this path are pages. All others are answered in JSON.
#[must_use]
pub fn is_page(path: &str) -> bool {
    let first = path
        .trim_start_matches('/')
        .split('/')
        .next()
        .unwrap_or_default();
    matches!(
        first,
        "dashboard" | "login" | "logout" | "password" | "setup" | "static" | "theme"
    )
}

/// Registers the table. What browsers are shown is compressed: a page's only secrets are a key that
/// is shown once and form fields that are random each time, so that the length of many answers tells
/// nothing (BREACH).
pub(crate) fn configure(config: &mut ServiceConfig, state: &Data<State>) {
    for lines in table().chunk_by_mut(|one, next| one.path == next.path) {
        let has_session = lines
            .iter()
            .any(|line| matches!(line.authority, Visitor | Member | Admin));
        let resource = resource(lines);
        if has_session {
            let session = session::middleware(state);
            let resource = resource.wrap(session).wrap(from_fn(session::contain));
            config.service(resource.wrap(Compress::default()));
        } else if lines.iter().any(|line| is_page(line.path)) {
            config.service(resource.wrap(Compress::default()));
        } else {
            config.service(resource);
        }
    }
}

/// One path with all its methods; any other method is told which there are.
fn resource(lines: &mut [Line]) -> Resource {
    let path = lines.first().map_or("", |line| line.path);
    let mut resource = web::resource(path);
    let mut methods = Vec::new();
    for line in lines {
        let handler = guarded(
            line.authority,
            std::mem::replace(&mut line.handler, web::route()),
        );
        resource = resource.route(match line.method.clone() {
            None => handler,
            Some(Method::GET) => {
                methods.extend([Method::GET, Method::HEAD]);
                handler.guard(guard::Any(guard::Get()).or(guard::Head()))
            }
            Some(method) => {
                methods.push(method.clone());
                handler.guard(guard::Method(method))
            }
        });
    }
    let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
    let allow = HeaderValue::from_str(&methods.join(", ")).ok();
    resource.default_service(web::to(move || {
        let mut response = HttpResponse::from_error(Error::MethodNotAllowed);
        if let Some(allow) = allow.clone() {
            response.headers_mut().insert(ALLOW, allow);
        }
        std::future::ready(response)
    }))
}

fn guarded(authority: Authority, handler: Route) -> Route {
    match authority {
        Open => handler,
        Key(scope) => handler.wrap(from_fn(move |request, next| {
            bearer::require(scope, request, next)
        })),
        Visitor => handler.wrap(from_fn(page_guard::visitor)),
        Member => handler.wrap(from_fn(page_guard::member)),
        Admin => handler.wrap(from_fn(page_guard::admin)),
    }
}

fn line<H, A>(method: Option<Method>, path: &'static str, authority: Authority, handler: H) -> Line
where
    H: Handler<A>,
    A: FromRequest + 'static,
    H::Output: Responder + 'static,
{
    Line {
        path,
        method,
        authority,
        handler: web::to(handler),
    }
}

/// Makes a function for lines of one method, so that the table reads as one.
macro_rules! lines_of {
    ($($name:ident $method:expr;)*) => {$(
        fn $name<H, A>(path: &'static str, authority: Authority, handler: H) -> Line
        where
            H: Handler<A>,
            A: FromRequest + 'static,
            H::Output: Responder + 'static,
        {
            line($method, path, authority, handler)
        }
    )*};
}
lines_of!(
    any None;
    get Some(Method::GET);
    post Some(Method::POST);
    patch Some(Method::PATCH);
    delete Some(Method::DELETE);
);
