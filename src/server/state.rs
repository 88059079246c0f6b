//! What all handlers share.

use std::net::SocketAddr;

use ipnet::IpNet;

use crate::account::lifecycle::set_up_code;
use crate::account::login::Doorkeeper;
use crate::account::password::Passwords;
use crate::account::session::store::DatabaseStore;
use crate::audit::checkpoints;
use crate::audit::flood::Bound;
use crate::audit::keeper::Keeper;
use crate::audit::key::AuditKey;
use crate::audit::watch::Watch;
use crate::clock::Clock;
use crate::config::{DatabaseUrl, Origin};
use crate::db::Database;
use crate::error::Error;
use crate::installation::Installation;
use crate::secret_key::MacKey;
use crate::token::lifecycle::{Mint, digest_key};
use crate::token::usage::Recorder;
use crate::token::verifier::Verifier;

/// What all handlers share; made once.
pub struct State {
    /// The address people reach the dashboard at.
    pub public_url: Origin,
    /// The address that snippets show.
    pub api_url: Origin,
    /// Networks whose forwarding headers are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The database.
    pub database: Database,
    /// Where it is.
    pub database_url: DatabaseUrl,
    /// The time.
    pub clock: Clock,
    /// What new keys are made with.
    pub mint: Mint,
    /// Judges keys.
    pub verifier: Verifier,
    /// Counts uses of keys.
    pub usage: Recorder,
    /// For how many days usage is kept.
    pub usage_days: i32,
    /// Hashes passwords.
    pub passwords: Passwords,
    /// Lets people in.
    pub doorkeeper: Doorkeeper,
    /// Where sessions are kept.
    pub sessions: DatabaseStore,
    /// Signs the cookie that names a session.
    pub session_cookie_key: actix_web::cookie::Key,
    /// Proves that a form is one of ours.
    pub form_key: MacKey,
    /// Holds the audit log against its chain.
    pub audit: Watch,
    /// Bounds the denials that it keeps.
    pub denials: Bound,
    /// Keeps checkpoints of it.
    pub checkpoints: Keeper,
    /// Digests the codes of one-time links.
    pub link_key: MacKey,
    /// What opens `/setup` before there is an account.
    pub set_up_code: String,
}

impl State {
    /// Assembles the parts; `address` is where the server listens.
    ///
    /// # Errors
    /// [`Error::Setting`] where no public address can be made of it.
    pub fn new(installation: Installation, address: SocketAddr) -> Result<Self, Error> {
        let mint = installation.mint();
        let Installation {
            settings,
            database,
            secret_key,
            clock,
        } = installation;
        let public_url = match settings.public_url {
            Some(url) => url,
            None => format!("http://{address}")
                .parse()
                .map_err(Error::Setting)?,
        };
        let audit_key = AuditKey::of(&secret_key);
        let notes = settings.data_dir.join(checkpoints::NAME);
        let usage = Recorder::new(database.clone());
        let passwords = Passwords::default();
        Ok(Self {
            api_url: settings.api_url.unwrap_or_else(|| public_url.clone()),
            public_url,
            trusted_proxies: settings.trusted_proxies,
            mint,
            verifier: Verifier::start(
                &database,
                clock.clone(),
                digest_key(&secret_key),
                usage.clone(),
                settings.cache_keys,
            )?,
            database_url: settings.database_url,
            usage,
            usage_days: settings.usage_days,
            doorkeeper: Doorkeeper::new(
                database.clone(),
                passwords.clone(),
                clock.clone(),
                secret_key.derive("throttle"),
            ),
            passwords,
            sessions: DatabaseStore::new(
                database.clone(),
                clock.clone(),
                secret_key.derive("session digest"),
            ),
            session_cookie_key: actix_web::cookie::Key::from(&secret_key.derive_bytes("cookie")),
            form_key: secret_key.derive("form"),
            link_key: secret_key.derive("one-time link"),
            set_up_code: set_up_code(&secret_key),
            audit: Watch::new(
                database.clone(),
                audit_key.clone(),
                notes.clone(),
                clock.clone(),
            ),
            denials: Bound::default(),
            checkpoints: Keeper::new(database.clone(), audit_key, notes, clock.clone()),
            database,
            clock,
        })
    }
}
