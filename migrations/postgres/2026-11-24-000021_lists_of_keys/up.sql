-- An account's keys are counted by their state without a look at their rows.
CREATE INDEX tokens_owner_state ON tokens
    (owner_id, deleted_at, revoked_at, expires_at, paused_at, paused_until, created_at, id);
-- They are listed by their end; those without one come last.
CREATE INDEX tokens_owner_end ON tokens
    (owner_id, (COALESCE(expires_at, 9223372036854775807)), id);
