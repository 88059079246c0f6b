-- The rules that the admins set: one row. Each change of it is an event, which has the row before
-- and after; the version tells one from another.
CREATE TABLE policies (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL,
    longest_days BIGINT,
    allow_never BOOLEAN NOT NULL,
    default_days BIGINT NOT NULL,
    most_keys BIGINT,
    -- As a key's scopes are kept; none means that members may grant all there are.
    member_scopes TEXT,
    environment_required BOOLEAN NOT NULL,
    unused_days BIGINT,
    -- Days before this count for no key.
    unused_from BIGINT,
    shortest_password BIGINT NOT NULL
);
INSERT INTO policies VALUES (1, 1, NULL, TRUE, 90, NULL, NULL, FALSE, NULL, NULL, 15);

-- A retired scope is granted no more; keys that hold it keep it.
ALTER TABLE scopes ADD COLUMN retired_at BIGINT;

-- The live keys of an account are counted without a look at their rows.
CREATE INDEX tokens_live_families ON tokens (owner_id, family_id, expires_at)
    WHERE revoked_at IS NULL;
