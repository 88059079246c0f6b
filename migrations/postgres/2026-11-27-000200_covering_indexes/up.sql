-- The last day on which a key was called while it was dead or paused, -1 for none. As `used_day`, it
-- changes once a day at most.
ALTER TABLE tokens ADD COLUMN refused_day INTEGER NOT NULL DEFAULT -1;
UPDATE tokens SET refused_day = COALESCE(
    (SELECT max(day) FROM usage WHERE token_id = tokens.id AND refused_dead > 0), -1);
CREATE INDEX tokens_refused_day ON tokens (refused_day, id);

-- The list of all keys looks for what fits in its indexes alone, and reads the rows that it shows.
DROP INDEX tokens_made;
CREATE INDEX tokens_made ON tokens (created_at, id, revoked_at, expires_at, paused_at, paused_until,
    used_day, refused_day, environment, revoked_reason);
DROP INDEX tokens_environment;
CREATE INDEX tokens_environment ON tokens (environment, created_at, id, revoked_at, expires_at,
    paused_at, paused_until, used_day);
DROP INDEX tokens_paused;
CREATE INDEX tokens_paused ON tokens (paused_at, id, revoked_at, expires_at, paused_until)
    WHERE paused_at IS NOT NULL;

-- The day from which on a key was quiet: that of its last use, or of its making for one that is younger.
CREATE INDEX tokens_quiet ON tokens ((GREATEST(used_day, created_at / 86400000000)),
    created_at, id, used_day, revoked_at, expires_at);
