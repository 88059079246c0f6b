-- What each caller (address and client) did with a key on each day. Narrow rows, written every
-- second, apart from the keys' own wide ones.
CREATE TABLE usage (
    token_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    requests BIGINT NOT NULL,
    refused_dead BIGINT NOT NULL,
    refused_address BIGINT NOT NULL,
    refused_environment BIGINT NOT NULL,
    refused_scope BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (token_id, day, address, client)
);

-- The last request that each key let through.
CREATE TABLE last_uses (
    token_id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL
);

INSERT INTO usage
SELECT token_id, day, '', '', requests, refusals, 0, 0, 0,
    day * 86400000000::BIGINT, day * 86400000000::BIGINT
FROM usage_days;
INSERT INTO last_uses
SELECT id, last_used_at, last_used_address, '' FROM tokens WHERE last_used_at IS NOT NULL;

DROP TABLE usage_days;
ALTER TABLE tokens DROP COLUMN last_used_at;
ALTER TABLE tokens DROP COLUMN last_used_address;
