-- Unusual activity of which the key's owner said that it was theirs: what kind, and which address,
-- client or day.
CREATE TABLE acknowledgements (
    token_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    what TEXT NOT NULL,
    account_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (token_id, kind, what)
) WITHOUT ROWID;
