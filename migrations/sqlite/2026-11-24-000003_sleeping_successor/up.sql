-- Seconds that the key before it will go on from the first use of this one; none when this one
-- has been used, or replaces nothing.
ALTER TABLE tokens ADD COLUMN overlap_seconds BIGINT;
