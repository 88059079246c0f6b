-- The last day on which a key was let through by a request that demanded a scope. The empty scope
-- stands for requests that left open what they need, and for the days before this was counted.
CREATE TABLE scope_uses (
    token_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    last_day INTEGER NOT NULL,
    PRIMARY KEY (token_id, scope)
);

INSERT INTO scope_uses
SELECT id, '', CAST(FLOOR(EXTRACT(EPOCH FROM now()) / 86400) AS INTEGER) FROM tokens;
