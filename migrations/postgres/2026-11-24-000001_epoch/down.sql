DROP INDEX tokens_changed_epoch;
ALTER TABLE tokens DROP COLUMN changed_epoch;
DROP TABLE epochs;
