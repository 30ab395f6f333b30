-- What the monitor shows without looking through events: counts per slot of time, endpoint and provider, kept behind the
-- events by inspector/store/figures_follower.py; times of being there; alerts; what payloads usually look like.

-- figured_id, figured_attempt_id: the counts know events and attempts up to here.
INSERT INTO facts (name, value) VALUES ('figured_id', 0), ('figured_attempt_id', 0);

CREATE TABLE figures (
    width_s     INTEGER NOT NULL,  -- how long the slot is: 10, 60, 900, 3600
    start_s     INTEGER NOT NULL,  -- when it begins, in seconds since the epoch
    endpoint_id INTEGER NOT NULL,  -- 0: none
    side        INTEGER NOT NULL,  -- 0: our answers, 1: those of targets
    provider    TEXT NOT NULL,
    counts      TEXT NOT NULL,     -- JSON, see inspector/store/figure_rows.py
    times       TEXT NOT NULL,     -- JSON
    PRIMARY KEY (width_s, start_s, endpoint_id, side, provider)
) STRICT, WITHOUT ROWID;

-- Events up to figured_id that are not counted yet, because their answer has not left.
CREATE TABLE figures_waiting (event_id INTEGER PRIMARY KEY) STRICT;

-- When the receiver listened and the tunnel answered; an open span is moved on by a heartbeat.
CREATE TABLE spans (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    kind     TEXT NOT NULL,
    from_us  INTEGER NOT NULL,
    until_us INTEGER NOT NULL,
    is_open  INTEGER NOT NULL,
    state    TEXT NOT NULL  -- up, down
) STRICT;

CREATE INDEX spans_by_end ON spans (kind, until_us);

CREATE TABLE alerts (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    rule           TEXT NOT NULL,
    endpoint_id    INTEGER NOT NULL,  -- 0: all
    measured_at    TEXT NOT NULL,
    subject        TEXT NOT NULL,
    opened_us      INTEGER NOT NULL,
    closed_us      INTEGER,
    title          TEXT NOT NULL,
    detail         TEXT NOT NULL,
    value          REAL NOT NULL,
    worst          REAL NOT NULL,
    search         TEXT NOT NULL,
    muted_until_us INTEGER NOT NULL,
    bad_us         INTEGER NOT NULL
) STRICT;

CREATE INDEX alerts_open ON alerts (id) WHERE closed_us IS NULL;

-- What the user changed about a rule, JSON; 'webhook' holds the address alerts are posted to.
CREATE TABLE alert_rules (
    rule    TEXT PRIMARY KEY,
    changes TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the events of one label at one endpoint look like: JSON, field to how often it was there and its types.
CREATE TABLE shapes (
    endpoint_id INTEGER NOT NULL,
    label       TEXT NOT NULL,
    seen        INTEGER NOT NULL,
    fields      TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, label)
) STRICT, WITHOUT ROWID;

CREATE TABLE drifts (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint_id INTEGER NOT NULL,
    label       TEXT NOT NULL,
    field       TEXT NOT NULL,
    what        TEXT NOT NULL,  -- missing, type, new
    detail      TEXT NOT NULL,
    event_id    INTEGER NOT NULL,
    happened_us INTEGER NOT NULL
) STRICT;

CREATE INDEX drifts_by_moment ON drifts (happened_us);

-- Messages sent to somebody who had opted out, from when it was first seen.
CREATE TABLE violations (
    endpoint_id INTEGER NOT NULL,
    message_id  TEXT NOT NULL,
    recipient   TEXT NOT NULL,
    event_id    INTEGER NOT NULL,
    happened_us INTEGER NOT NULL,
    PRIMARY KEY (endpoint_id, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX violations_by_moment ON violations (happened_us);

-- How far the messages of every campaign got: equal to a count over the messages at any time, because these triggers
-- follow every change of a row. Rows of messages are replaced, which fires no trigger on delete: hence the first one.
CREATE TABLE campaigns (
    endpoint_id INTEGER NOT NULL,
    campaign    TEXT NOT NULL,
    messages    INTEGER NOT NULL,
    sent        INTEGER NOT NULL,
    delivered   INTEGER NOT NULL,
    read        INTEGER NOT NULL,
    clicked     INTEGER NOT NULL,
    replied     INTEGER NOT NULL,
    opted_out   INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    last_id     INTEGER NOT NULL,
    PRIMARY KEY (endpoint_id, campaign)
) STRICT, WITHOUT ROWID;

CREATE VIEW message_stages AS
    SELECT id, endpoint_id, message_id, campaign, last_id,
        sent_us IS NOT NULL AS sent, delivered_us IS NOT NULL AS delivered, read_us IS NOT NULL AS read,
        instr(engagement, 'message.clicked') > 0 AS clicked, instr(engagement, 'message.inbound') > 0 AS replied,
        instr(engagement, 'user.optout') > 0 AS opted_out, phase = 2 AS failed
    FROM messages WHERE campaign <> '';

INSERT INTO campaigns
    SELECT endpoint_id, campaign, count(*), sum(sent), sum(delivered), sum(read), sum(clicked), sum(replied),
        sum(opted_out), sum(failed), max(last_id)
    FROM message_stages GROUP BY endpoint_id, campaign;

CREATE TRIGGER message_replaced BEFORE INSERT ON messages
WHEN EXISTS (SELECT 1 FROM messages m WHERE m.id = new.id AND m.campaign <> '')
BEGIN
    UPDATE campaigns SET messages = campaigns.messages - 1, sent = campaigns.sent - m.sent,
        delivered = campaigns.delivered - m.delivered, read = campaigns.read - m.read,
        clicked = campaigns.clicked - m.clicked, replied = campaigns.replied - m.replied,
        opted_out = campaigns.opted_out - m.opted_out, failed = campaigns.failed - m.failed
    FROM (SELECT * FROM message_stages WHERE id = new.id) AS m
    WHERE campaigns.endpoint_id = m.endpoint_id AND campaigns.campaign = m.campaign;
END;

CREATE TRIGGER message_gone AFTER DELETE ON messages WHEN old.campaign <> ''
BEGIN
    UPDATE campaigns SET messages = messages - 1, sent = sent - (old.sent_us IS NOT NULL),
        delivered = delivered - (old.delivered_us IS NOT NULL), read = read - (old.read_us IS NOT NULL),
        clicked = clicked - (instr(old.engagement, 'message.clicked') > 0),
        replied = replied - (instr(old.engagement, 'message.inbound') > 0),
        opted_out = opted_out - (instr(old.engagement, 'user.optout') > 0), failed = failed - (old.phase = 2)
    WHERE endpoint_id = old.endpoint_id AND campaign = old.campaign;
END;

CREATE TRIGGER message_told AFTER INSERT ON messages WHEN new.campaign <> ''
BEGIN
    INSERT INTO campaigns
        SELECT endpoint_id, campaign, 1, sent, delivered, read, clicked, replied, opted_out, failed, last_id
        FROM message_stages WHERE id = new.id
    ON CONFLICT (endpoint_id, campaign) DO UPDATE SET messages = messages + 1, sent = sent + excluded.sent,
        delivered = delivered + excluded.delivered, read = read + excluded.read, clicked = clicked + excluded.clicked,
        replied = replied + excluded.replied, opted_out = opted_out + excluded.opted_out,
        failed = failed + excluded.failed, last_id = max(last_id, excluded.last_id);
END;

CREATE TRIGGER message_violates AFTER INSERT ON messages WHEN new.violation_id IS NOT NULL
BEGIN
    INSERT OR IGNORE INTO violations (endpoint_id, message_id, recipient, event_id, happened_us)
        SELECT new.endpoint_id, new.message_id, new.recipient, id, received_us FROM events WHERE id = new.last_id;
END;

-- An endpoint takes its figures with it.
CREATE TRIGGER endpoint_leaves AFTER DELETE ON endpoints
BEGIN
    DELETE FROM figures WHERE endpoint_id = old.id;
    DELETE FROM campaigns WHERE endpoint_id = old.id;
    DELETE FROM shapes WHERE endpoint_id = old.id;
    DELETE FROM drifts WHERE endpoint_id = old.id;
    DELETE FROM violations WHERE endpoint_id = old.id;
    DELETE FROM alerts WHERE endpoint_id = old.id;
END;
