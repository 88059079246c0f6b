INSERT INTO audit_unsealed
SELECT id, at, actor_kind, actor_id, actor_name, session_id, token_id, address, request_id, action,
    subject_kind, subject_id, account_id, result, detail
FROM audit_events;
DROP TABLE audit_events;
DROP TABLE audit_head;
ALTER TABLE audit_unsealed RENAME TO audit_events;
CREATE INDEX audit_events_subject ON audit_events (subject_id, id);
CREATE INDEX audit_events_account ON audit_events (account_id, id);
