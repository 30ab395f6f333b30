-- What happened to every message: one row each, kept up to date behind the events by inspector/store/messages.py, and
-- what those rows are made of. Everything here can be made again from events and payloads.
-- Moments are microseconds since the epoch by our clock, in columns that end on _said_us by the provider's.

-- told_id: the messages know the events up to here. revision: counts their changes, forgotten: the last one that took
-- a message away.
INSERT INTO facts (name, value) VALUES ('messages_told_id', 0), ('messages_revision', 0), ('messages_forgotten', 0);

CREATE TABLE messages (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint_id       INTEGER NOT NULL,  -- 0: none
    message_id        TEXT NOT NULL,
    last_id           INTEGER NOT NULL,  -- the newest event about it
    revision          INTEGER NOT NULL,
    phase             INTEGER NOT NULL,  -- 0 in progress, 1 complete, 2 failed, before gaps
    gap_us            INTEGER,           -- from then on it has a gap
    waiting_us        INTEGER,           -- since then it is sent and not delivered
    violation_id      INTEGER,           -- the opt-out or spam report before it was sent
    queued_us         INTEGER,           -- first accepted arrivals
    sent_us           INTEGER,
    delivered_us      INTEGER,
    read_us           INTEGER,
    engaged_us        INTEGER,
    queued_said_us    INTEGER,
    sent_said_us      INTEGER,
    delivered_said_us INTEGER,
    read_said_us      INTEGER,
    asked_us          INTEGER,           -- when it was sent, as far as anything says so
    total_us          INTEGER NOT NULL,  -- a span
    refused           INTEGER NOT NULL,  -- bits of the stages that came and were never accepted; 16: an end
    expected          INTEGER NOT NULL,  -- bits of the stages the provider reports
    unverified        INTEGER NOT NULL,
    end_kind          TEXT,
    engagement        TEXT NOT NULL,     -- kinds with blanks between
    contradictions    TEXT NOT NULL,
    recipient         TEXT NOT NULL,
    digits            TEXT NOT NULL,
    carrier           TEXT NOT NULL,
    campaign          TEXT NOT NULL,
    provider          TEXT NOT NULL,
    error_code        TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX messages_by_name ON messages (endpoint_id, message_id);
CREATE INDEX messages_by_activity ON messages (last_id);
CREATE INDEX messages_of_endpoint ON messages (endpoint_id, last_id);
CREATE INDEX messages_by_revision ON messages (revision);
CREATE INDEX messages_by_segment ON messages (endpoint_id, phase, gap_us);
CREATE INDEX messages_by_recipient ON messages (endpoint_id, digits, asked_us);
CREATE INDEX messages_violating ON messages (endpoint_id) WHERE violation_id IS NOT NULL;

-- The reports of a message, side by side.
CREATE TABLE message_reports (
    message     INTEGER NOT NULL,
    event_id    INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    arrived_us  INTEGER NOT NULL,
    occurred_us INTEGER,
    accepted    INTEGER NOT NULL,
    verdict     TEXT,
    recipient   TEXT NOT NULL,
    error_code  TEXT NOT NULL,
    carrier     TEXT NOT NULL,
    campaign    TEXT NOT NULL,
    PRIMARY KEY (message, event_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_reports_by_event ON message_reports (event_id);

-- Which stages the provider of an endpoint has ever reported (seen 1), or never although many messages got beyond them
-- (seen 0): those are not missed.
CREATE TABLE stage_habits (
    endpoint_id INTEGER NOT NULL,
    stage       INTEGER NOT NULL,
    seen        INTEGER NOT NULL,
    PRIMARY KEY (endpoint_id, stage)
) STRICT, WITHOUT ROWID;

-- Who opted out, reported spam or opted in, whichever message it came with.
CREATE TABLE consents (
    endpoint_id INTEGER NOT NULL,
    digits      TEXT NOT NULL,
    happened_us INTEGER NOT NULL,
    event_id    INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, digits, happened_us, event_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX consents_by_event ON consents (event_id);

-- Approvals and rejections belong to no message.
CREATE TABLE template_reports (
    endpoint_id INTEGER NOT NULL,
    template    TEXT NOT NULL,
    event_id    INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    arrived_us  INTEGER NOT NULL,
    occurred_us INTEGER,
    accepted    INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    carrier     TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, template, event_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX template_reports_by_event ON template_reports (event_id);
