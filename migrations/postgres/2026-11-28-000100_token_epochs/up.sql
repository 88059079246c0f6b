-- Apart from the keys' own rows: a stamp then costs two indexes, not all of the many of a key.
CREATE TABLE token_epochs (
    token_id TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL
);
INSERT INTO token_epochs (token_id, epoch) SELECT id, changed_epoch FROM tokens;
CREATE INDEX token_epochs_epoch ON token_epochs (epoch);
DROP INDEX tokens_changed_epoch;
ALTER TABLE tokens DROP COLUMN changed_epoch;
