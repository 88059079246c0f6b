ALTER TABLE tokens DROP COLUMN overlap_seconds;
