-- The schema after all migrations. Made by go test ./internal/store -update.

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

CREATE INDEX audit_event_actor ON audit_event (actor, position);

CREATE INDEX audit_event_object ON audit_event (object, position);

CREATE TABLE audit_head (
    id       INTEGER PRIMARY KEY,
    position BIGINT NOT NULL,
    hash     TEXT NOT NULL
);

CREATE TABLE contact_invitation (
    code_hash  BYTEA PRIMARY KEY,
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    issued_ms  BIGINT NOT NULL,
    opened_ms  BIGINT NOT NULL, -- first use, 0 = never
    revoked_ms BIGINT NOT NULL  -- 0 = valid
);

CREATE INDEX contact_invitation_unit ON contact_invitation (wave, unit);

CREATE UNIQUE INDEX contact_invitation_valid ON contact_invitation (wave, unit) WHERE revoked_ms = 0;

CREATE TABLE contact_person (
    wave  TEXT NOT NULL,
    unit  TEXT NOT NULL,
    name  TEXT NOT NULL,
    email TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);

CREATE TABLE contact_session (
    token_hash BYTEA PRIMARY KEY,
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE INDEX contact_session_unit ON contact_session (wave, unit);

CREATE TABLE contact_wish (
    wave    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    purpose TEXT NOT NULL,
    email   TEXT NOT NULL,
    left_ms BIGINT NOT NULL,
    PRIMARY KEY (wave, unit, purpose)
);

CREATE TABLE response_close (
    wave      TEXT PRIMARY KEY,
    closed_ms BIGINT NOT NULL
);

CREATE TABLE response_event (
    wave        TEXT NOT NULL,
    unit        TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    at_ms       BIGINT NOT NULL,
    kind        TEXT NOT NULL,  -- saved, submitted, declined, disposed
    actor       TEXT NOT NULL,  -- respondent, or a staff account
    page        TEXT NOT NULL,
    disposition TEXT NOT NULL,
    reason      TEXT NOT NULL,  -- a code, never free text
    key_id      TEXT NOT NULL,
    sealed      BYTEA NOT NULL, -- the items changed
    PRIMARY KEY (wave, unit, revision)
);

CREATE TABLE response_state (
    wave         TEXT NOT NULL,
    unit         TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    disposition  TEXT NOT NULL,
    lang         TEXT NOT NULL,
    page         TEXT NOT NULL,    -- where to resume
    answered     INTEGER NOT NULL, -- items with an answer
    submitted_ms BIGINT NOT NULL,  -- 0 = not submitted
    receipt      TEXT NOT NULL,
    key_id       TEXT NOT NULL,
    sealed       BYTEA NOT NULL,   -- all answers
    PRIMARY KEY (wave, unit)
);

CREATE TABLE store_heartbeat (
    id   INTEGER PRIMARY KEY,
    beat BIGINT NOT NULL
);

CREATE TABLE store_key (
    name   TEXT PRIMARY KEY,
    digest BYTEA NOT NULL
);

CREATE TABLE store_migration (
		position INTEGER PRIMARY KEY,
		name     TEXT NOT NULL,
		checksum TEXT NOT NULL
	);
