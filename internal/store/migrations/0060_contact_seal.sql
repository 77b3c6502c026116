-- How to reach a workplace is sealed (AES-256-GCM): a copy of the store names
-- nobody. Rows of before stand in the tables _clear until a program with the
-- keys opens the store; it carries them over and leaves these empty.
ALTER TABLE contact_person RENAME TO contact_person_clear;
ALTER TABLE contact_wish RENAME TO contact_wish_clear;

-- One row per contacted unit of a wave: how to reach it. The digests are keyed
-- hashes, to find a unit by; an empty one stands for no number, no address.
CREATE TABLE contact_person (
    wave     TEXT NOT NULL,
    unit     TEXT NOT NULL,
    p_number BYTEA NOT NULL,
    email    BYTEA NOT NULL,
    key_id   TEXT NOT NULL,
    sealed   BYTEA NOT NULL, -- P-number, CVR number, names, addresses, telephone
    PRIMARY KEY (wave, unit)
);
CREATE INDEX contact_person_number ON contact_person (wave, p_number);
CREATE INDEX contact_person_email ON contact_person (wave, email);

-- One row per e-mail address left by a respondent, by purpose.
CREATE TABLE contact_wish (
    wave    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    purpose TEXT NOT NULL,
    left_ms BIGINT NOT NULL,
    key_id  TEXT NOT NULL,
    sealed  BYTEA NOT NULL, -- the address
    PRIMARY KEY (wave, unit, purpose)
);
