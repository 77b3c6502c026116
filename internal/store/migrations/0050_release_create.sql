-- Releases and how far each has come. The release itself is a folder that is
-- never changed.

-- One row per release that was entered.
CREATE TABLE release_state (
    wave         TEXT NOT NULL,
    version      TEXT NOT NULL,
    state        TEXT NOT NULL,   -- built, submitted, approved, embargoed, published, corrected, withdrawn
    manifest     TEXT NOT NULL,   -- SHA-256 of manifest.json, which holds those of all files
    built_by     TEXT NOT NULL,   -- a person's id, or operator or system, as in the audit log; '' = nobody yet
    built_ms     BIGINT NOT NULL,
    submitted_by TEXT NOT NULL,   -- who answers for it
    submitted_ms BIGINT NOT NULL, -- 0 = not yet, here and below
    approved_by  TEXT NOT NULL,
    approved_ms  BIGINT NOT NULL,
    scheduled_by TEXT NOT NULL,
    opens_ms     BIGINT NOT NULL, -- the moment it is to come out
    turn         INTEGER NOT NULL, -- counts the moments that were set
    published_by TEXT NOT NULL,
    published_ms BIGINT NOT NULL,
    ended_by     TEXT NOT NULL,
    ended_ms     BIGINT NOT NULL, -- corrected or withdrawn
    successor    TEXT NOT NULL,   -- version that corrects it
    PRIMARY KEY (wave, version)
);
