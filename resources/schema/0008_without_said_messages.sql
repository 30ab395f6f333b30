-- The view said_messages (0003) has no reader any more: SQLite made all of it before it looked at the ids that were
-- wanted, so inspector/store/indexer.py asks for them by itself.
DROP VIEW said_messages;
