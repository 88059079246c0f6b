DROP INDEX tokens_owner_end;
DROP INDEX tokens_owner_state;
