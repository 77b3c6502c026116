-- One row per unit that the audit log speaks of: the mark by which it does. The
-- log outlives everything; this row goes when the wave is unlinked.
CREATE TABLE contact_mark (
    wave TEXT NOT NULL,
    unit TEXT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);
CREATE UNIQUE INDEX contact_mark_mark ON contact_mark (mark);
