-- Counts that are not yet added are lost: stop all nodes first, which adds them.
DROP INDEX usage_day;
DROP TABLE usage_journal;
