-- Attempts say more: where all of the time went, how the connection was encrypted, and as whom the event was sent.

ALTER TABLE attempts ADD COLUMN send_ms REAL NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN download_ms REAL NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN tls TEXT NOT NULL DEFAULT '';  -- JSON, '' where nothing was encrypted
ALTER TABLE attempts ADD COLUMN identity TEXT NOT NULL DEFAULT 'captured';  -- captured, signed, new_ids
ALTER TABLE attempts ADD COLUMN note TEXT NOT NULL DEFAULT '';
