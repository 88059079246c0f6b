DROP INDEX tokens_quiet;
DROP INDEX tokens_refused_day;
DROP INDEX tokens_paused;
CREATE INDEX tokens_paused ON tokens (paused_at, id) WHERE paused_at IS NOT NULL;
DROP INDEX tokens_environment;
CREATE INDEX tokens_environment ON tokens (environment, created_at, id);
DROP INDEX tokens_made;
CREATE INDEX tokens_made ON tokens
    (created_at, id, revoked_at, expires_at, paused_at, paused_until, used_day);
ALTER TABLE tokens DROP COLUMN refused_day;
