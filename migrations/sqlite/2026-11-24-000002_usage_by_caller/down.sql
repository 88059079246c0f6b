ALTER TABLE tokens ADD COLUMN last_used_at BIGINT;
ALTER TABLE tokens ADD COLUMN last_used_address TEXT;
UPDATE tokens SET
    last_used_at = (SELECT at FROM last_uses WHERE last_uses.token_id = tokens.id),
    last_used_address = (SELECT address FROM last_uses WHERE last_uses.token_id = tokens.id);
CREATE TABLE usage_days (
    token_id TEXT NOT NULL REFERENCES tokens (id),
    day INTEGER NOT NULL,
    requests BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    PRIMARY KEY (token_id, day)
);
INSERT INTO usage_days
SELECT token_id, day, SUM(requests),
    SUM(refused_dead + refused_address + refused_environment + refused_scope)
FROM usage GROUP BY token_id, day;
DROP TABLE last_uses;
DROP TABLE usage;
