-- Events of before there was a chain. The first start seals them, in their order, and empties this.
ALTER TABLE audit_events RENAME TO audit_unsealed;
ALTER INDEX audit_events_pkey RENAME TO audit_unsealed_pkey;
DROP INDEX audit_events_subject;
DROP INDEX audit_events_account;

-- Where the chain ends: its row is locked while events are added.
CREATE TABLE audit_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    mac BYTEA NOT NULL
);
INSERT INTO audit_head (id, number, mac)
VALUES (1, 0, decode(repeat('00', 32), 'hex'));

-- No event without its place in the chain.
CREATE TABLE audit_events (
    number BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
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
    detail TEXT NOT NULL,
    mac BYTEA NOT NULL
);
-- Each is a list by time, newest first, of what a filter leaves.
CREATE INDEX audit_events_at ON audit_events (at, number);
CREATE INDEX audit_events_actor ON audit_events (actor_id, at, number);
CREATE INDEX audit_events_account ON audit_events (account_id, at, number);
CREATE INDEX audit_events_token ON audit_events (token_id, at, number);
CREATE INDEX audit_events_subject ON audit_events (subject_id, at, number);
CREATE INDEX audit_events_action ON audit_events (action, at, number);
CREATE INDEX audit_events_address ON audit_events (address, at, number);
CREATE INDEX audit_events_denied ON audit_events (at, number) WHERE result = 'denied';
