-- What a service account is for, and which admin is asked about it.
ALTER TABLE accounts ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN managed_by TEXT;
-- When a person was last at the dashboard, to the minute.
ALTER TABLE accounts ADD COLUMN last_seen_at BIGINT;
CREATE INDEX accounts_name ON accounts (kind, name, id);

-- One-time links, by which people choose a password. An account has one at most; of the link only a
-- digest is kept.
CREATE TABLE one_time_links (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    digest BLOB NOT NULL UNIQUE,
    -- Digest of the form that made the link, so that sending it again makes no second one.
    form_digest BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
