-- Second factors and identities at providers are rows of account_credential.
-- Here stands what is under way, and who has guessed.

-- One row per act that a browser has begun and not ended: a key being made, an
-- answer awaited from a provider.
CREATE TABLE account_ceremony (
    token_hash   BYTEA PRIMARY KEY,
    kind         TEXT NOT NULL,
    browser_hash BYTEA NOT NULL,
    data         BYTEA NOT NULL, -- sealed
    expires_ms   BIGINT NOT NULL
);
CREATE INDEX account_ceremony_expires ON account_ceremony (expires_ms);

-- One row per person for whom wrong codes were given since the last right one.
CREATE TABLE account_misses (
    person   BIGINT PRIMARY KEY REFERENCES account_person (id),
    misses   INTEGER NOT NULL,
    until_ms BIGINT NOT NULL -- no code is looked at before
);
