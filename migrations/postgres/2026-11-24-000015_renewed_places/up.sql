-- The places of a key in which it has been put already, as its owner ticked them off while rotating.
CREATE TABLE renewed_places (
    token_id TEXT NOT NULL REFERENCES tokens (id),
    place TEXT NOT NULL,
    PRIMARY KEY (token_id, place)
);
