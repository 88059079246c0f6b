//! `/tokens`: the keys of the calling key's owner, under the rule that no key makes or changes one
//! into more than itself.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Json};

use crate::account;
use crate::api::body::Body;
use crate::api::cursor::{self, Page};
use crate::api::query::Query;
use crate::api::write::write;
use crate::clock::Instant;
use crate::error::{Error, FieldErrors};
use crate::server::PathId;
use crate::server::State;
use crate::text;
use crate::token::change::{self, Change};
use crate::token::draft::{self, Asked};
use crate::token::escalation::Limit;
use crate::token::lifecycle::{self, Generated};
use crate::token::lifetime::Lifetime;
use crate::token::list::repository::page;
use crate::token::list::{Filter, Order, Position, Start};
use crate::token::model::Status;
use crate::token::repository::{self, OwnedToken, Whose};
use crate::token::terms::Terms;
use crate::token::verifier::Caller;
use crate::token::view::TokenView;

/// A page of keys.
pub(crate) async fn list(
    state: Data<State>,
    caller: Caller,
    mut query: Query,
) -> Result<Json<Page<TokenView>>, Error> {
    let limit = query.limit();
    let order = query
        .parsed(
            "sort",
            "Must be created_at, name, expires_at or last_used_at, with - before it to reverse",
            Order::named,
        )
        .unwrap_or_default();
    let after = query.parsed("cursor", "Is not a cursor of this list", |text| {
        cursor::read_position(text, order)
    });
    let filter = Filter {
        status: query.parsed(
            "status",
            "Must be active, paused, expired or revoked",
            Status::named,
        ),
        environment: query.parsed(
            "environment",
            "Must be none, development, staging or production",
            |text| text.parse().ok(),
        ),
        expires_before: query.instant("expires_before"),
        last_used_before: query.instant("last_used_before"),
        ..Filter::default()
    };
    query.finish()?;
    let start = after.map_or(Start::Offset(0), |(id, position)| {
        Start::After(id, position)
    });
    let (keys, now) = (Whose::Account(caller.subject.owner.id), state.clock.now());
    let rows = state
        .database
        .read(move |connection| page(connection, keys, &filter, order, start, limit + 1, now))
        .await?;
    let cursor = |last: &OwnedToken| {
        cursor::after_position(last.token.id, &Position::of(&last.token, order.sort), order)
    };
    Ok(Json(Page::new(rows, limit, cursor, |owned| {
        TokenView::new(owned, now)
    })))
}

/// Generates a key; this one answer shows it. Environment and networks that are left out are those
/// of its maker, which could give no wider ones.
pub(crate) async fn create(
    state: Data<State>,
    caller: Caller,
    mut body: Body,
) -> Result<HttpResponse, Error> {
    let maker = &caller.subject.grant;
    let asked = Asked {
        name: body.text("name").unwrap_or_default(),
        note: body.text("note").unwrap_or_default(),
        environment: Some(
            body.text("environment")
                .unwrap_or_else(|| maker.environment.as_str().to_owned()),
        ),
        scopes: body.texts("scopes"),
        allowed_cidrs: body
            .texts("allowed_cidrs")
            .unwrap_or_else(|| maker.allowed_cidrs.iter().map(str::to_owned).collect()),
        locations: body.texts("locations").unwrap_or_default(),
    };
    let end = body.lifetime("expires_at");
    body.finish()?;
    let limit = Limit::from(&*caller.subject);
    let mint = state.mint.clone();
    let (view, id) = write(&state, caller, move |connection, caller, now| {
        let owner = account::repository::get(connection, caller.subject.owner.id)?;
        let terms = Terms::read(connection, &owner)?;
        let lifetime = end.unwrap_or_else(|| default_lifetime(&terms, &limit, now));
        let draft = asked.check(Ok(lifetime), &terms, now)?;
        let generated = lifecycle::generate(
            connection,
            &mint,
            owner.id,
            draft,
            None,
            Some(&limit),
            &caller.actor(),
            now,
        )?;
        let Generated::New(token, secret) = generated else {
            return Err(Error::Conflict("This key was generated before"));
        };
        let id = token.id;
        let generated = OwnedToken {
            token: *token,
            owner,
        };
        Ok((TokenView::new(generated, now).with_secret(&secret), id))
    })
    .await?;
    let location = format!("{}/tokens/{id}", state.api_url);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(view))
}

/// Where the end is left out, the new key takes the earlier of the default and its maker's own.
fn default_lifetime(terms: &Terms, limit: &Limit, now: Instant) -> Lifetime {
    match limit.expires_at() {
        Some(own) if own < now.plus_days(terms.policy().default_days) => Lifetime::Until(own),
        _ => terms.default_lifetime(),
    }
}

/// One key.
pub(crate) async fn read(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<Json<TokenView>, Error> {
    let (keys, now) = (Whose::Account(caller.subject.owner.id), state.clock.now());
    let owned = state
        .database
        .read(move |connection| repository::get(connection, keys, id))
        .await?;
    Ok(Json(TokenView::new(owned, now)))
}

/// Changes what the body names.
pub(crate) async fn change(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
    mut body: Body,
) -> Result<Json<TokenView>, Error> {
    let name = body.text("name");
    let note = body.text("note");
    let scopes = body.texts("scopes");
    let expires_at = body.lifetime("expires_at");
    let allowed_cidrs = body.texts("allowed_cidrs");
    let locations = body.texts("locations");
    body.finish()?;
    let limit = Limit::from(&*caller.subject);
    write(&state, caller, move |connection, caller, now| {
        let owner = account::repository::get(connection, caller.subject.owner.id)?;
        let keys = Whose::Account(owner.id);
        let held = repository::get(connection, keys, id)?.token.scopes;
        let terms = Terms::read(connection, &owner)?;
        let is_offered = |name: &str| terms.knows(name) || held.iter().any(|one| one == name);
        let mut errors = FieldErrors::default();
        let change = Change {
            name: name.map(|name| errors.take("name", text::name("Name", &name))),
            note: note.map(|note| errors.take("note", text::note("Note", &note))),
            scopes: scopes.map(|scopes| errors.take("scopes", draft::scopes(&scopes, is_offered))),
            expires_at,
            allowed_cidrs: allowed_cidrs
                .map(|cidrs| errors.take("allowed_cidrs", draft::cidrs(&cidrs))),
            locations: locations.map(|lines| errors.take("locations", draft::locations(&lines))),
        };
        let (change, limit) = (errors.or(change)?, Some(&limit));
        let actor = caller.actor();
        let changed = change::change(connection, keys, id, change, limit, &actor, now)?;
        Ok(Json(TokenView::new(changed, now)))
    })
    .await
}

/// Revokes a key.
pub(crate) async fn revoke(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId,
) -> Result<HttpResponse, Error> {
    write(&state, caller, move |connection, caller, now| {
        let keys = Whose::Account(caller.subject.owner.id);
        lifecycle::revoke(connection, keys, id, "", &caller.actor(), now)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
