-- Who is asked, and how a workplace gets in. Nothing here holds an answer;
-- the random unit key is all that joins a contact to its answers.

-- One row per contacted unit of a wave: how to reach it.
CREATE TABLE contact_person (
    wave  TEXT NOT NULL,
    unit  TEXT NOT NULL,
    name  TEXT NOT NULL,
    email TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);

-- One row per access code ever issued; the code itself is kept nowhere.
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

-- One row per browser at work on a response.
CREATE TABLE contact_session (
    token_hash BYTEA PRIMARY KEY,
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX contact_session_unit ON contact_session (wave, unit);

-- One row per e-mail address left by a respondent, by purpose.
CREATE TABLE contact_wish (
    wave    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    purpose TEXT NOT NULL,
    email   TEXT NOT NULL,
    left_ms BIGINT NOT NULL,
    PRIMARY KEY (wave, unit, purpose)
);
