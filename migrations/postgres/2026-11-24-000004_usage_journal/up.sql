-- What was counted and is not yet added to `usage`: one row a node and flush, or several where
-- many keys were used, each with a part of them in the order of their ids.
CREATE TABLE usage_journal (
    id TEXT NOT NULL PRIMARY KEY,
    part INTEGER NOT NULL,
    sums BYTEA NOT NULL
);
-- Sums are packed already: trying to compress them again would only take time.
ALTER TABLE usage_journal ALTER COLUMN sums SET STORAGE EXTERNAL;
CREATE INDEX usage_journal_part ON usage_journal (part);

-- Old days are found to be removed.
CREATE INDEX usage_day ON usage (day);
