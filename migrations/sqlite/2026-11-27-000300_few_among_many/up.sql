-- Few keys are paused, and few leaked: their indexes hold them in the order in which they are listed.
DROP INDEX tokens_paused;
CREATE INDEX tokens_paused ON tokens (created_at, id, paused_at, revoked_at, expires_at,
    paused_until) WHERE paused_at IS NOT NULL;
DROP INDEX tokens_reason;
CREATE INDEX tokens_leaked ON tokens (created_at, id, revoked_reason)
    WHERE revoked_reason IN ('Leaked', 'Compromised');

-- A key's own row tells the day on which it was last called though it was dead.
DROP INDEX usage_dead;
