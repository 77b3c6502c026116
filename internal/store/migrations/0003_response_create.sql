-- What the workplaces answered. Answers are sealed (AES-256-GCM); no name,
-- address or code stands here.

-- One row per unit that has begun or been given a disposition: its state now.
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

-- One row per change of a response, in the order of its revisions.
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

-- One row per wave that no longer takes answers.
CREATE TABLE response_close (
    wave      TEXT PRIMARY KEY,
    closed_ms BIGINT NOT NULL
);
