-- Who did what. Events are only ever added; each carries the hash of the one
-- before it, so that a changed or missing event shows.

-- One row per act.
CREATE TABLE audit_event (
    position BIGINT PRIMARY KEY,
    at_ms    BIGINT NOT NULL,
    actor    TEXT NOT NULL,   -- a person's id, never a name
    action   TEXT NOT NULL,   -- a verb with its object's kind: role.grant
    object   TEXT NOT NULL,   -- what it was done to
    detail   TEXT NOT NULL,   -- JSON object of codes
    previous TEXT NOT NULL,   -- hash of the event before, empty for the first
    hash     TEXT NOT NULL
);
CREATE INDEX audit_event_object ON audit_event (object, position);
CREATE INDEX audit_event_actor ON audit_event (actor, position);

-- One row: the last event.
CREATE TABLE audit_head (
    id       INTEGER PRIMARY KEY,
    position BIGINT NOT NULL,
    hash     TEXT NOT NULL
);
