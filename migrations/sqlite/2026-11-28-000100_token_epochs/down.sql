ALTER TABLE tokens ADD COLUMN changed_epoch BIGINT NOT NULL DEFAULT 1;
UPDATE tokens SET changed_epoch =
    (SELECT epoch FROM token_epochs WHERE token_epochs.token_id = tokens.id);
CREATE INDEX tokens_changed_epoch ON tokens (changed_epoch);
DROP TABLE token_epochs;
