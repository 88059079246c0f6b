CREATE INDEX usage_dead ON usage (day, token_id) WHERE refused_dead > 0;
DROP INDEX tokens_leaked;
CREATE INDEX tokens_reason ON tokens (revoked_reason, id) WHERE revoked_reason IS NOT NULL;
DROP INDEX tokens_paused;
CREATE INDEX tokens_paused ON tokens (paused_at, id, revoked_at, expires_at, paused_until)
    WHERE paused_at IS NOT NULL;
