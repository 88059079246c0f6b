-- Instants are microseconds since 1970 in UTC, ids are UUIDv7 as text.

CREATE TABLE installation (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    secret_key_id TEXT,
    set_up_at BIGINT
);
INSERT INTO installation (id) VALUES (1);

CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'service')),
    name TEXT NOT NULL,
    email TEXT,
    email_canonical TEXT UNIQUE,
    password_hash TEXT,
    role TEXT NOT NULL CHECK (role IN ('member', 'admin')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    disabled_at BIGINT,
    CHECK ((kind = 'user') = (email IS NOT NULL)),
    CHECK ((email IS NULL) = (email_canonical IS NULL))
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    key_digest BYTEA NOT NULL UNIQUE,
    account_id TEXT REFERENCES accounts (id),
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);
CREATE INDEX sessions_last_seen ON sessions (last_seen_at);

CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    window_started_at BIGINT NOT NULL
);
CREATE INDEX throttles_window ON throttles (window_started_at);

CREATE TABLE scopes (
    name TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES accounts (id),
    family_id TEXT NOT NULL,
    replaces TEXT,
    replaced_by TEXT,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    environment TEXT NOT NULL
        CHECK (environment IN ('none', 'development', 'staging', 'production')),
    -- Space-separated with a space at either end, so that one scope is found by LIKE '% scope %'.
    scopes TEXT NOT NULL,
    allowed_cidrs TEXT NOT NULL,
    locations TEXT NOT NULL,
    prefix TEXT NOT NULL,
    last_four TEXT NOT NULL,
    digest BYTEA NOT NULL UNIQUE,
    secret_key_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    last_used_address TEXT,
    paused_at BIGINT,
    paused_until BIGINT,
    revoked_at BIGINT,
    revoked_by TEXT,
    revoked_reason TEXT,
    deleted_at BIGINT,
    -- Digest of the form that made the key, so that sending it again makes no second one.
    form_digest BYTEA UNIQUE
);
CREATE INDEX tokens_owner ON tokens (owner_id, id);
CREATE INDEX tokens_owner_name ON tokens (owner_id, name);
CREATE INDEX tokens_family ON tokens (family_id);

CREATE TABLE usage_days (
    token_id TEXT NOT NULL REFERENCES tokens (id),
    day INTEGER NOT NULL,
    requests BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    PRIMARY KEY (token_id, day)
);

CREATE TABLE projects (
    id TEXT NOT NULL PRIMARY KEY,
    owner_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX projects_owner ON projects (owner_id, id);

CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    session_id TEXT,
    token_id TEXT,
    address TEXT,
    request_id TEXT,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT,
    account_id TEXT,
    result TEXT NOT NULL CHECK (result IN ('done', 'denied')),
    detail TEXT NOT NULL
);
CREATE INDEX audit_events_subject ON audit_events (subject_id, id);
CREATE INDEX audit_events_account ON audit_events (account_id, id);
