-- Persons with an account. What can be erased (name, address, credentials,
-- workplaces) stands apart from what stays (the id and what was done under it).

-- One row: the last id given. Ids are never given twice.
CREATE TABLE account_sequence (
    id   INTEGER PRIMARY KEY,
    last BIGINT NOT NULL
);

-- One row per person who has or had an account.
CREATE TABLE account_person (
    id         BIGINT PRIMARY KEY,
    kind       TEXT NOT NULL,
    state      TEXT NOT NULL,
    lang       TEXT NOT NULL,
    keep_name  INTEGER NOT NULL, -- 1 = the name stays with contributions after erasure
    added_ms   BIGINT NOT NULL,
    entered_ms BIGINT NOT NULL   -- the state
);
CREATE INDEX account_person_state ON account_person (state, entered_ms);

-- One row per person who has given a name.
CREATE TABLE account_name (
    person BIGINT PRIMARY KEY REFERENCES account_person (id),
    name   TEXT NOT NULL
);

-- One row per person who can be written to.
CREATE TABLE account_email (
    person    BIGINT PRIMARY KEY REFERENCES account_person (id),
    address   TEXT NOT NULL,
    proven_ms BIGINT NOT NULL -- 0 = nobody has shown yet that the address is theirs
);
CREATE UNIQUE INDEX account_email_address ON account_email (address);

-- One row per further proof of who a person is: a key, a generator of codes,
-- an identity at a provider.
CREATE TABLE account_credential (
    id       TEXT PRIMARY KEY,
    person   BIGINT NOT NULL REFERENCES account_person (id),
    kind     TEXT NOT NULL,
    handle   BYTEA NOT NULL, -- what finds it at sign-in
    label    TEXT NOT NULL,
    data     BYTEA NOT NULL,
    added_ms BIGINT NOT NULL,
    used_ms  BIGINT NOT NULL -- 0 = never
);
CREATE UNIQUE INDEX account_credential_handle ON account_credential (kind, handle);
CREATE INDEX account_credential_person ON account_credential (person);

-- One row per time a person belongs to a workplace.
CREATE TABLE account_membership (
    id          BIGINT PRIMARY KEY,
    person      BIGINT NOT NULL REFERENCES account_person (id),
    p_number    TEXT NOT NULL,
    cvr         TEXT NOT NULL,
    role        TEXT NOT NULL,
    verified_by TEXT NOT NULL, -- empty = the person says so
    since_ms    BIGINT NOT NULL,
    until_ms    BIGINT NOT NULL -- 0 = still
);
CREATE INDEX account_membership_person ON account_membership (person);
CREATE INDEX account_membership_workplace ON account_membership (p_number);

-- One row per role asked for. It holds from its confirmation to its end.
CREATE TABLE account_grant (
    id           BIGINT PRIMARY KEY,
    person       BIGINT NOT NULL REFERENCES account_person (id),
    role         TEXT NOT NULL,
    asked_by     TEXT NOT NULL,
    asked_ms     BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL,
    confirmed_ms BIGINT NOT NULL, -- 0 = not yet
    ended_by     TEXT NOT NULL,
    ended_ms     BIGINT NOT NULL  -- 0 = not yet
);
CREATE UNIQUE INDEX account_grant_open ON account_grant (person, role) WHERE ended_ms = 0;

-- One row per mailed link, kept for as long as the limits count it.
CREATE TABLE account_link (
    token_hash   BYTEA PRIMARY KEY,
    purpose      TEXT NOT NULL,
    address      TEXT NOT NULL,
    person       BIGINT NOT NULL, -- 0 = the address was unknown
    browser_hash BYTEA NOT NULL,  -- empty = any browser
    network_hash BYTEA NOT NULL,
    lang         TEXT NOT NULL,
    next         TEXT NOT NULL,
    asked_ms     BIGINT NOT NULL,
    expires_ms   BIGINT NOT NULL,
    used_ms      BIGINT NOT NULL  -- 0 = not yet
);
CREATE INDEX account_link_address ON account_link (address, asked_ms);
CREATE INDEX account_link_network ON account_link (network_hash, asked_ms);

-- One row per browser a person is signed in at.
CREATE TABLE account_session (
    token_hash BYTEA PRIMARY KEY,
    id         TEXT NOT NULL,
    person     BIGINT NOT NULL REFERENCES account_person (id),
    method     TEXT NOT NULL,
    factors    INTEGER NOT NULL,
    device     TEXT NOT NULL,
    begun_ms   BIGINT NOT NULL,
    proven_ms  BIGINT NOT NULL, -- last factor shown
    seen_ms    BIGINT NOT NULL,
    staff      INTEGER NOT NULL -- 1 = ends sooner
);
CREATE UNIQUE INDEX account_session_id ON account_session (id);
CREATE INDEX account_session_person ON account_session (person);
