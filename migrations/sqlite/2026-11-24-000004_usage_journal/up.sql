-- What was counted and is not yet added to `usage`: one row a node and flush, or several where
-- many keys were used, each with a part of them in the order of their ids.
CREATE TABLE usage_journal (
    id TEXT NOT NULL PRIMARY KEY,
    part INTEGER NOT NULL,
    sums BLOB NOT NULL
);
CREATE INDEX usage_journal_part ON usage_journal (part);

-- Old days are found to be removed.
CREATE INDEX usage_day ON usage (day);
