-- Series: one event to one target, tried by a schedule until the first 2xx; what forwarding is due lies here from the
-- very transaction that keeps the event. Attempts know which series they belong to.

ALTER TABLE attempts ADD COLUMN series_id INTEGER;
ALTER TABLE attempts ADD COLUMN try_no INTEGER NOT NULL DEFAULT 1;

-- How many series are sent, each once: schedule, identity, order, speed, match (JSON).
CREATE TABLE series_plans (
    id   INTEGER PRIMARY KEY,
    json TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE series (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id    INTEGER NOT NULL,
    endpoint_id INTEGER NOT NULL,  -- 0: none
    rule_id     TEXT NOT NULL,     -- '': started by hand
    target      TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    plan        INTEGER NOT NULL,
    state       TEXT NOT NULL,     -- undecided, waiting, sending, done, given_up, stopped, skipped
    tries       INTEGER NOT NULL DEFAULT 0,
    created_us  INTEGER NOT NULL,
    next_us     INTEGER,
    status      INTEGER,           -- of the last response
    ok_us       INTEGER,           -- when it was answered 2xx
    failed_us   INTEGER,           -- the last try that was not
    failure     TEXT NOT NULL DEFAULT '',
    ended_us    INTEGER,
    note        TEXT NOT NULL DEFAULT '',
    edited      BLOB               -- JSON: what is sent in place of the captured request
) STRICT;

CREATE INDEX series_by_event ON series (event_id);
CREATE INDEX series_by_rule ON series (endpoint_id, rule_id, id);
CREATE INDEX series_open ON series (id) WHERE state IN ('undecided', 'waiting', 'sending');

-- Rules whose series wait until somebody says otherwise.
CREATE TABLE paused_rules (
    endpoint_id INTEGER NOT NULL,
    rule_id     TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, rule_id)
) STRICT, WITHOUT ROWID;
