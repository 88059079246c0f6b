//! Stylesheet, script and icon: part of the program, served at a path that carries their digest, so
//! that browsers keep them for good.

use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// For a year, and without asking whether it changed: what changes has another path.
const KEEP: &str = "public, max-age=31536000, immutable";

/// The parts of the stylesheet in the order of the cascade.
const STYLE: &str = concat!(
    include_str!("../../static/css/tokens.css"),
    include_str!("../../static/css/base.css"),
    include_str!("../../static/css/layout.css"),
    include_str!("../../static/css/nav.css"),
    include_str!("../../static/css/message.css"),
    include_str!("../../static/css/button.css"),
    include_str!("../../static/css/form.css"),
    include_str!("../../static/css/table.css"),
    include_str!("../../static/css/filter.css"),
    include_str!("../../static/css/key.css"),
    include_str!("../../static/css/chart.css"),
    include_str!("../../static/css/code.css"),
    include_str!("../../static/css/facts.css"),
    include_str!("../../static/css/list.css"),
    include_str!("../../static/css/rotate.css"),
    include_str!("../../static/css/callers.css"),
    include_str!("../../static/css/admin.css"),
    include_str!("../../static/css/people.css"),
);

/// A file of the dashboard.
#[derive(Debug)]
pub(crate) struct Asset {
    content_type: &'static str,
    body: &'static str,
    path: String,
}

impl Asset {
    fn new(name: &str, content_type: &'static str, body: &'static str) -> Self {
        let digest = Sha256::digest(body);
        let digest = URL_SAFE_NO_PAD.encode(digest.get(..12).unwrap_or_default());
        Self {
            content_type,
            body,
            path: format!("/static/{digest}/{name}"),
        }
    }

    /// Where it is served.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// The stylesheet.
pub(crate) fn style() -> &'static Asset {
    static ASSET: LazyLock<Asset> =
        LazyLock::new(|| Asset::new("style.css", "text/css; charset=utf-8", STYLE));
    &ASSET
}

/// The script.
pub(crate) fn script() -> &'static Asset {
    static ASSET: LazyLock<Asset> = LazyLock::new(|| {
        let body = include_str!("../../static/app.js");
        Asset::new("app.js", "text/javascript; charset=utf-8", body)
    });
    &ASSET
}

/// The icon.
pub(crate) fn icon() -> &'static Asset {
    static ASSET: LazyLock<Asset> = LazyLock::new(|| {
        let body = include_str!("../../static/favicon.svg");
        Asset::new("favicon.svg", "image/svg+xml", body)
    });
    &ASSET
}

/// The asset of this very path.
pub(crate) async fn serve(request: HttpRequest) -> Result<HttpResponse, Error> {
    let asset = [style(), script(), icon()]
        .into_iter()
        .find(|asset| asset.path() == request.path())
        .ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, KEEP))
        .body(asset.body))
}
