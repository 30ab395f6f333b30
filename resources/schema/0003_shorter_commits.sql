-- What every event would repeat is kept once or not at all: a commit is as dear as the pages it touches.

-- Verifications that many events share: payloads.verification is '@' and the number then (inspector/store/shared.py).
CREATE TABLE verifications (
    id   INTEGER PRIMARY KEY,
    json BLOB NOT NULL
) STRICT;

-- A row here now says what the event's own row cannot: there are several reports, or the only one names no message
-- (events.message_id is another id then).
DELETE FROM reports WHERE event_id IN (
    SELECT e.id FROM events e JOIN reports r ON r.event_id = e.id
    WHERE e.report_count = 1 AND r.message_id = e.message_id
);

DROP VIEW message_events;

CREATE VIEW said_messages (message_id, event_id) AS
    SELECT message_id, event_id FROM reports
    UNION
    SELECT message_id, id FROM events
    WHERE report_count = 1 AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.event_id = events.id);

CREATE VIEW message_events (message_id, event_id) AS
    SELECT message_id, event_id FROM indexed_messages
    UNION ALL
    SELECT DISTINCT message_id, event_id FROM reports
    WHERE event_id > (SELECT value FROM facts WHERE name = 'indexed_id') AND message_id <> ''
    UNION ALL
    SELECT message_id, id FROM events
    WHERE id > (SELECT value FROM facts WHERE name = 'indexed_id') AND message_id <> '' AND report_count = 1
        AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.event_id = events.id);
