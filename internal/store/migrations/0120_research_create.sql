-- Projects of researchers, and the links that they fetch files by.

-- One row per application. What was written is sealed: it names persons.
CREATE TABLE research_project (
    id         BIGINT NOT NULL PRIMARY KEY,
    person     TEXT NOT NULL,    -- id of the researcher's account
    wave       TEXT NOT NULL,
    contract   TEXT NOT NULL,    -- SHA-256 of the agreement that was signed
    words      BYTEA NOT NULL,    -- title, institution, purpose, persons; sealed
    state      TEXT NOT NULL,    -- asked, accepted, refused, ended
    asked_ms   BIGINT NOT NULL,
    until_ms   BIGINT NOT NULL,  -- access ends by itself
    decided_by TEXT NOT NULL,    -- '' = nobody yet, here and below
    decided_ms BIGINT NOT NULL,
    ended_by   TEXT NOT NULL,
    ended_ms   BIGINT NOT NULL,
    reason     BYTEA NOT NULL     -- of a refusal or an end, for the researcher; sealed, empty = none
);

-- One row per link. It opens for its project's researcher alone, who is signed in.
CREATE TABLE research_link (
    hash    BYTEA NOT NULL PRIMARY KEY, -- keyed hash of the token
    project BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
);
