-- Letters to workplaces: what was sent, and who wants none. No name or address
-- stands here.

-- A unit has a code for each letter it got, and all of them open its response.
ALTER TABLE contact_invitation ADD COLUMN sending TEXT NOT NULL DEFAULT 'invitation';
DROP INDEX contact_invitation_valid;
CREATE UNIQUE INDEX contact_invitation_valid ON contact_invitation (wave, unit, sending) WHERE revoked_ms = 0;

-- The send log: one row per letter handed over, never sent again under its key.
CREATE TABLE dispatch_sent (
    wave     TEXT NOT NULL,
    unit     TEXT NOT NULL,
    kind     TEXT NOT NULL,    -- invitation, reminder-1, last-call, thanks
    turn     INTEGER NOT NULL, -- 1, and one more for each time it was sent again
    channel  TEXT NOT NULL,    -- email, digital_post, letter
    handed   TEXT NOT NULL,    -- key of the mail, or name of the batch of files
    stop     BYTEA NOT NULL,   -- digest of the token that ends reminders, empty where the letter has none
    sent_ms  BIGINT NOT NULL,
    PRIMARY KEY (wave, kind, unit, turn)
);
CREATE INDEX dispatch_sent_stop ON dispatch_sent (stop);
CREATE INDEX dispatch_sent_handed ON dispatch_sent (handed);

-- One row per unit that wants no more letters.
CREATE TABLE dispatch_stop (
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    actor      TEXT NOT NULL, -- respondent, or who noted it
    stopped_ms BIGINT NOT NULL,
    PRIMARY KEY (wave, unit)
);
