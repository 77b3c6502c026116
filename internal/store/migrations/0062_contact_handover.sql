-- A respondent passes a response on to a colleague.

-- One row per link that a respondent made. It works once; whoever opened it
-- has a code of their own from then on.
CREATE TABLE contact_handover (
    token_hash BYTEA PRIMARY KEY,
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    alone      INTEGER NOT NULL, -- 1: who opens it takes the response over alone
    made_ms    BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    used_ms    BIGINT NOT NULL,  -- 0 = not yet
    code_hash  BYTEA NOT NULL    -- of the colleague's code, empty before
);
CREATE INDEX contact_handover_unit ON contact_handover (wave, unit);
CREATE INDEX contact_handover_code ON contact_handover (code_hash);
