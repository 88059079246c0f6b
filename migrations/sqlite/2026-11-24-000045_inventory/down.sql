DROP INDEX usage_dead;
DROP INDEX tokens_last_four;
DROP INDEX tokens_used_day;
DROP INDEX tokens_reason;
DROP INDEX tokens_revoked;
DROP INDEX tokens_paused;
DROP INDEX tokens_ending;
DROP INDEX tokens_endless;
DROP INDEX tokens_scopes;
DROP INDEX tokens_environment;
DROP INDEX last_uses_at;
DROP INDEX tokens_end;
DROP INDEX tokens_name;
DROP INDEX tokens_made;
DROP INDEX tokens_owner_made;
DROP INDEX tokens_owner_state;
CREATE INDEX tokens_owner_state ON tokens
    (owner_id, deleted_at, revoked_at, expires_at, paused_at, paused_until, created_at, id);
ALTER TABLE tokens DROP COLUMN used_day;
