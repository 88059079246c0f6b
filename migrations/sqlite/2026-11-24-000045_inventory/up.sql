-- The day of a key's last use, -1 for none: it changes once a day at most, so that an index of it
-- costs little. What is nearer than a day is told by `last_uses`.
ALTER TABLE tokens ADD COLUMN used_day INTEGER NOT NULL DEFAULT -1;
UPDATE tokens SET used_day =
    COALESCE((SELECT at / 86400000000 FROM last_uses WHERE token_id = tokens.id), -1);

-- An account's keys are counted by their state and use without a look at their rows.
DROP INDEX tokens_owner_state;
CREATE INDEX tokens_owner_state ON tokens (owner_id, deleted_at, revoked_at, expires_at, paused_at,
    paused_until, created_at, id, used_day);
CREATE INDEX tokens_owner_made ON tokens (owner_id, created_at, id, deleted_at, revoked_at,
    expires_at, paused_at, paused_until);
DROP INDEX tokens_owner_name;
CREATE INDEX tokens_owner_name ON tokens (owner_id, name, id);

-- The orders of the list of all keys.
CREATE INDEX tokens_made ON tokens
    (created_at, id, revoked_at, expires_at, paused_at, paused_until, used_day);
CREATE INDEX tokens_name ON tokens (name, id);
CREATE INDEX tokens_end ON tokens ((COALESCE(expires_at, 9223372036854775807)), id);
CREATE INDEX last_uses_at ON last_uses (at, token_id);

-- What it is narrowed to.
CREATE INDEX tokens_environment ON tokens (environment, created_at, id);
CREATE INDEX tokens_scopes ON tokens (substr(scopes, 1, 400), created_at, id);
CREATE INDEX tokens_endless ON tokens (created_at, id) WHERE expires_at IS NULL;
CREATE INDEX tokens_ending ON tokens (expires_at, id);
CREATE INDEX tokens_paused ON tokens (paused_at, id) WHERE paused_at IS NOT NULL;
CREATE INDEX tokens_revoked ON tokens (revoked_at, id) WHERE revoked_at IS NOT NULL;
CREATE INDEX tokens_reason ON tokens (revoked_reason, id) WHERE revoked_reason IS NOT NULL;
CREATE INDEX tokens_used_day ON tokens (used_day, id, created_at);
CREATE INDEX tokens_last_four ON tokens (last_four, id);
CREATE INDEX usage_dead ON usage (day, token_id) WHERE refused_dead > 0;
