-- The first form of the database: endpoints, events with what they carried, repeats, reports, attempts, search text.
-- Times are microseconds since the epoch. Header lines are packed: count, lengths, bytes (inspector/store/packing.py).

CREATE TABLE facts (
    -- last_event_id: ids up to here are used up; indexed_id: words and messages are indexed up to here;
    -- sighted_id: the table of sightings knows the events up to here
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO facts (name, value) VALUES ('last_event_id', 0), ('indexed_id', 0), ('sighted_id', 0);

CREATE TABLE endpoints (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    provider   TEXT NOT NULL,
    target     TEXT NOT NULL,
    position   INTEGER NOT NULL,
    paused     INTEGER NOT NULL,
    rules      TEXT NOT NULL  -- JSON: names and endings of secrets (never their values), answers, duplicates
) STRICT;

-- What the list shows, and nothing else: rows stay small, so that a filter reads a million of them in a moment.
CREATE TABLE events (
    id            INTEGER PRIMARY KEY,
    deleted_us    INTEGER,
    endpoint_id   INTEGER,
    received_us   INTEGER NOT NULL,
    issue         INTEGER NOT NULL,  -- 1: wrong or old signature, repeat, failed message, or not answered 2xx
    unread        INTEGER NOT NULL DEFAULT 1,
    starred       INTEGER NOT NULL DEFAULT 0,
    checked       INTEGER NOT NULL,
    answer_status INTEGER NOT NULL,
    answer_us     INTEGER,
    answer_sent   INTEGER NOT NULL DEFAULT 1,  -- 0: the answer never left
    repeat_no     INTEGER NOT NULL,
    original_id   INTEGER,
    report_count  INTEGER NOT NULL,
    replay_count  INTEGER NOT NULL DEFAULT 0,
    size          INTEGER NOT NULL,
    category      TEXT NOT NULL,
    verdict       TEXT,
    covers        TEXT NOT NULL,
    repeat        TEXT,
    refusal       TEXT,
    method        TEXT NOT NULL,
    kind          TEXT NOT NULL,
    label         TEXT NOT NULL,
    message_id    TEXT NOT NULL,
    recipient     TEXT NOT NULL,
    peer          TEXT NOT NULL,
    provider      TEXT NOT NULL,
    carrier       TEXT NOT NULL,
    campaign      TEXT NOT NULL,
    error_code    TEXT NOT NULL
) STRICT;

CREATE INDEX events_by_endpoint ON events (endpoint_id);
CREATE INDEX events_unseen ON events (endpoint_id, deleted_us) WHERE unread = 1 AND verdict IN ('invalid', 'stale');
CREATE INDEX events_deleted ON events (deleted_us) WHERE deleted_us IS NOT NULL;

-- The evidence and what was made of it, read when one event is opened. The body is last: what stands before it is
-- read without walking through its pages.
CREATE TABLE payloads (
    event_id        INTEGER PRIMARY KEY,
    target          BLOB NOT NULL,
    http_version    TEXT NOT NULL,
    headers         BLOB NOT NULL,
    answer_headers  BLOB NOT NULL,
    answer_body     BLOB NOT NULL,
    answer_delay_ms INTEGER NOT NULL,
    verification    BLOB,  -- JSON
    reports         BLOB,  -- JSON
    key_level       TEXT,
    key_digest      BLOB,
    key_words       BLOB,
    reason          BLOB,
    body            BLOB NOT NULL
) STRICT;

-- The latest sighting of every event that can be recognised, but for those the writer still has in memory
-- (inspector/store/repeats.py). The digest is cut to 16 bytes: still unguessable.
CREATE TABLE sightings (
    endpoint_id INTEGER NOT NULL,
    digest      BLOB NOT NULL,
    original_id INTEGER NOT NULL,
    original_us INTEGER NOT NULL,
    last_id     INTEGER NOT NULL,
    seen        INTEGER NOT NULL,
    accepted    INTEGER NOT NULL,  -- 1: the latest sighting was answered 2xx
    PRIMARY KEY (endpoint_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
    event_id    INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    message_id  TEXT NOT NULL,
    kind        TEXT NOT NULL,
    occurred_us INTEGER,
    PRIMARY KEY (event_id, position)
) STRICT, WITHOUT ROWID;

-- The events of a message. Message ids are random, so keeping them in order is dear: the indexer does it after the
-- answer has left, and the view adds what it has not reached yet.
CREATE TABLE indexed_messages (
    message_id TEXT NOT NULL,
    event_id   INTEGER NOT NULL,
    PRIMARY KEY (message_id, event_id)
) STRICT, WITHOUT ROWID;

CREATE VIEW message_events (message_id, event_id) AS
    SELECT message_id, event_id FROM indexed_messages
    UNION ALL
    SELECT DISTINCT message_id, event_id FROM reports
    WHERE event_id > (SELECT value FROM facts WHERE name = 'indexed_id') AND message_id <> '';

CREATE TABLE attempts (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id         INTEGER NOT NULL,
    sent_us          INTEGER NOT NULL,
    method           BLOB NOT NULL,
    url              BLOB NOT NULL,
    headers          BLOB NOT NULL,
    body             BLOB,  -- NULL: the captured one
    status           INTEGER,
    reason           BLOB,
    response_headers BLOB,
    response_body    BLOB,
    truncated        INTEGER NOT NULL,
    failure          TEXT,
    failure_title    TEXT NOT NULL,
    failure_hint     TEXT NOT NULL,
    connect_ms       REAL NOT NULL,
    wait_ms          REAL NOT NULL,
    total_ms         REAL NOT NULL,
    remote           TEXT NOT NULL
) STRICT;

CREATE INDEX attempts_by_event ON attempts (event_id);

-- Words only: the text itself is made again from the payload, also to take an event's words out of the index.
CREATE VIRTUAL TABLE search USING fts5 (words, content = '', tokenize = 'unicode61', prefix = '2 3');
