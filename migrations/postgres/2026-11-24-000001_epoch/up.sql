-- The epoch grows with every change of what some key may do; a key is stamped with the epoch of
-- its last change. The one row is locked to commit, so the order of epochs is that of commits.
CREATE TABLE epochs (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch BIGINT NOT NULL
);
INSERT INTO epochs (id, epoch) VALUES (1, 1);

ALTER TABLE tokens ADD COLUMN changed_epoch BIGINT NOT NULL DEFAULT 1;
CREATE INDEX tokens_changed_epoch ON tokens (changed_epoch);
