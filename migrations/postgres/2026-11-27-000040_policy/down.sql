DROP INDEX tokens_live_families;
ALTER TABLE scopes DROP COLUMN retired_at;
DROP TABLE policies;
