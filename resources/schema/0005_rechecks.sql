-- The latest later check of an event's signature, after a secret was put right; the verdict at receipt stays where it is.
CREATE TABLE rechecks (
    event_id     INTEGER PRIMARY KEY,
    checked_us   INTEGER NOT NULL,
    verification BLOB NOT NULL  -- JSON
) STRICT;
