DROP TABLE one_time_links;
DROP INDEX accounts_name;
ALTER TABLE accounts DROP COLUMN last_seen_at;
ALTER TABLE accounts DROP COLUMN managed_by;
ALTER TABLE accounts DROP COLUMN purpose;
