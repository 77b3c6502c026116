-- The schema after all migrations. Made by go test ./internal/store -update.

CREATE TABLE account_ceremony (
    token_hash   BYTEA PRIMARY KEY,
    kind         TEXT NOT NULL,
    browser_hash BYTEA NOT NULL,
    data         BYTEA NOT NULL, -- sealed
    expires_ms   BIGINT NOT NULL
);

CREATE INDEX account_ceremony_expires ON account_ceremony (expires_ms);

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

CREATE TABLE account_email (
    person    BIGINT PRIMARY KEY REFERENCES account_person (id),
    address   TEXT NOT NULL,
    proven_ms BIGINT NOT NULL -- 0 = nobody has shown yet that the address is theirs
);

CREATE UNIQUE INDEX account_email_address ON account_email (address);

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

CREATE TABLE account_misses (
    person   BIGINT PRIMARY KEY REFERENCES account_person (id),
    misses   INTEGER NOT NULL,
    until_ms BIGINT NOT NULL -- no code is looked at before
);

CREATE TABLE account_name (
    person BIGINT PRIMARY KEY REFERENCES account_person (id),
    name   TEXT NOT NULL
);

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

CREATE TABLE account_sequence (
    id   INTEGER PRIMARY KEY,
    last BIGINT NOT NULL
);

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

CREATE TABLE audit_event (
    position BIGINT PRIMARY KEY,
    at_ms    BIGINT NOT NULL,
    actor    TEXT NOT NULL,   -- a person's id, never a name
    action   TEXT NOT NULL,   -- a verb with its object's kind: role.grant
    object   TEXT NOT NULL,   -- what it was done to
    detail   TEXT NOT NULL,   -- JSON object of codes
    previous TEXT NOT NULL,   -- hash of the event before, empty for the first
    hash     TEXT NOT NULL
);

CREATE INDEX audit_event_actor ON audit_event (actor, position);

CREATE INDEX audit_event_object ON audit_event (object, position);

CREATE TABLE audit_head (
    id       INTEGER PRIMARY KEY,
    position BIGINT NOT NULL,
    hash     TEXT NOT NULL
);

CREATE TABLE benchmark_link (
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    digest     BYTEA NOT NULL,
    sealed     BYTEA NOT NULL, -- place and answers (AES-256-GCM)
    expires_ms BIGINT NOT NULL,
    PRIMARY KEY (wave, unit)
);

CREATE UNIQUE INDEX benchmark_link_digest ON benchmark_link (digest);

CREATE INDEX benchmark_link_expires ON benchmark_link (expires_ms);

CREATE TABLE benchmark_room (
    code       TEXT PRIMARY KEY,
    digest     BYTEA NOT NULL, -- of the organiser's token
    wave       TEXT NOT NULL,  -- whose questions are asked
    item       TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE UNIQUE INDEX benchmark_room_digest ON benchmark_room (digest);

CREATE INDEX benchmark_room_expires ON benchmark_room (expires_ms);

CREATE TABLE benchmark_vote (
    code    TEXT NOT NULL,
    ballot  BYTEA NOT NULL,   -- digest of the form that was sent, so that one counts once
    number  INTEGER NOT NULL, -- counts the answers of the room
    answers TEXT NOT NULL,    -- JSON: options by field
    PRIMARY KEY (code, ballot)
);

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

CREATE INDEX contact_handover_code ON contact_handover (code_hash);

CREATE INDEX contact_handover_unit ON contact_handover (wave, unit);

CREATE TABLE contact_invitation (
    code_hash  BYTEA PRIMARY KEY,
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    issued_ms  BIGINT NOT NULL,
    opened_ms  BIGINT NOT NULL, -- first use, 0 = never
    revoked_ms BIGINT NOT NULL  -- 0 = valid
, sending TEXT NOT NULL DEFAULT 'invitation');

CREATE INDEX contact_invitation_counted ON contact_invitation (wave, unit, issued_ms, opened_ms);

CREATE INDEX contact_invitation_unit ON contact_invitation (wave, unit);

CREATE UNIQUE INDEX contact_invitation_valid ON contact_invitation (wave, unit, sending) WHERE revoked_ms = 0;

CREATE TABLE contact_mark (
    wave TEXT NOT NULL,
    unit TEXT NOT NULL,
    mark TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);

CREATE UNIQUE INDEX contact_mark_mark ON contact_mark (mark);

CREATE TABLE contact_person (
    wave     TEXT NOT NULL,
    unit     TEXT NOT NULL,
    p_number BYTEA NOT NULL,
    email    BYTEA NOT NULL,
    key_id   TEXT NOT NULL,
    sealed   BYTEA NOT NULL, -- P-number, CVR number, names, addresses, telephone
    PRIMARY KEY (wave, unit)
);

CREATE TABLE "contact_person_clear" (
    wave  TEXT NOT NULL,
    unit  TEXT NOT NULL,
    name  TEXT NOT NULL,
    email TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);

CREATE INDEX contact_person_email ON contact_person (wave, email);

CREATE INDEX contact_person_number ON contact_person (wave, p_number);

CREATE TABLE contact_session (
    token_hash BYTEA PRIMARY KEY,
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
, actor TEXT NOT NULL DEFAULT '', mode TEXT NOT NULL DEFAULT '');

CREATE INDEX contact_session_unit ON contact_session (wave, unit);

CREATE TABLE contact_wish (
    wave    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    purpose TEXT NOT NULL,
    left_ms BIGINT NOT NULL,
    key_id  TEXT NOT NULL,
    sealed  BYTEA NOT NULL, -- the address
    PRIMARY KEY (wave, unit, purpose)
);

CREATE TABLE "contact_wish_clear" (
    wave    TEXT NOT NULL,
    unit    TEXT NOT NULL,
    purpose TEXT NOT NULL,
    email   TEXT NOT NULL,
    left_ms BIGINT NOT NULL,
    PRIMARY KEY (wave, unit, purpose)
);

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

CREATE INDEX dispatch_sent_handed ON dispatch_sent (handed);

CREATE INDEX dispatch_sent_stop ON dispatch_sent (stop);

CREATE TABLE dispatch_stop (
    wave       TEXT NOT NULL,
    unit       TEXT NOT NULL,
    actor      TEXT NOT NULL, -- respondent, or who noted it
    stopped_ms BIGINT NOT NULL,
    PRIMARY KEY (wave, unit)
);

CREATE TABLE fieldwork_digest (
    person   BIGINT PRIMARY KEY,
    since_ms BIGINT NOT NULL
);

CREATE TABLE fieldwork_note (
    wave   TEXT NOT NULL,
    unit   TEXT NOT NULL,
    number INTEGER NOT NULL, -- counts the remarks on the unit
    at_ms  BIGINT NOT NULL,
    actor  TEXT NOT NULL,
    code   TEXT NOT NULL,    -- closed, merged, moved, ...
    key_id TEXT NOT NULL,
    sealed BYTEA NOT NULL,   -- the text
    PRIMARY KEY (wave, unit, number)
);

CREATE TABLE fieldwork_stratum (
    wave    TEXT NOT NULL,
    stratum TEXT NOT NULL,
    place   INTEGER NOT NULL, -- in the sample's order
    size    INTEGER NOT NULL, -- units in the frame
    take    INTEGER NOT NULL, -- units in the sample
    PRIMARY KEY (wave, stratum)
);

CREATE TABLE fieldwork_unit (
    wave      TEXT NOT NULL,
    unit      TEXT NOT NULL,
    stratum   TEXT NOT NULL,
    sector    TEXT NOT NULL,
    subsector TEXT NOT NULL,
    size      TEXT NOT NULL,
    region    TEXT NOT NULL,
    weight    TEXT NOT NULL, -- of the design, as a decimal number
    PRIMARY KEY (wave, unit)
);

CREATE INDEX fieldwork_unit_counted ON fieldwork_unit (wave, unit, stratum);

CREATE INDEX fieldwork_unit_listed ON fieldwork_unit (wave, stratum, unit);

CREATE TABLE fieldwork_wave (
    wave   TEXT PRIMARY KEY,
    digest TEXT NOT NULL -- of the units and their design
);

CREATE TABLE mail_address (
    address  BYTEA PRIMARY KEY,
    state    TEXT NOT NULL,         -- reachable, bouncing, suppressed
    failures INTEGER NOT NULL,      -- mails that did not arrive
    code     TEXT NOT NULL,         -- of the last failure
    since_ms BIGINT NOT NULL
);

CREATE TABLE mail_domain (
    domain  TEXT PRIMARY KEY,
    next_ms BIGINT NOT NULL
);

CREATE TABLE mail_sent (
    mail_key TEXT PRIMARY KEY,
    template TEXT NOT NULL,
    address  BYTEA NOT NULL,        -- digest of the recipient's address
    token    TEXT NOT NULL UNIQUE,  -- in Message-ID and return address: names the mail in bounces
    state    TEXT NOT NULL,         -- queued, sent, failed, expired, withheld, bounced
    code     TEXT NOT NULL,         -- what a mail server answered or reported, "550 5.1.1"
    slot_ms  BIGINT NOT NULL,       -- the moment reserved at the recipient's domain, 0 = none
    asked_ms BIGINT NOT NULL,
    ended_ms BIGINT NOT NULL        -- 0 = not yet
);

CREATE INDEX mail_sent_address ON mail_sent (address);

CREATE TABLE queue_job (
    kind        TEXT NOT NULL,
    job_key     TEXT NOT NULL,
    state       TEXT NOT NULL,    -- waiting, running, done, dead, discarded
    turn        INTEGER NOT NULL, -- 0 = before all others that are due, 1 = in order
    due_ms      BIGINT NOT NULL,  -- waiting: not before; running: end of the lease
    fence       BIGINT NOT NULL,  -- counts the claims; only the last claimant may settle
    attempts    INTEGER NOT NULL,
    owner       TEXT NOT NULL,    -- process of the last claim
    error       TEXT NOT NULL,    -- of the last attempt; names nobody
    enqueued_ms BIGINT NOT NULL,
    ended_ms    BIGINT NOT NULL,  -- 0 = not yet
    sealed      BYTEA NOT NULL,   -- the payload, empty once done or discarded
    PRIMARY KEY (kind, job_key)
);

CREATE INDEX queue_job_due ON queue_job (turn, due_ms) WHERE state IN ('waiting', 'running');

CREATE INDEX queue_job_ended ON queue_job (state, ended_ms);

CREATE TABLE queue_schedule (
    kind    TEXT PRIMARY KEY,
    rule    TEXT NOT NULL,   -- "daily 08:00 Europe/Copenhagen"
    next_ms BIGINT NOT NULL
);

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

CREATE TABLE research_link (
    hash    BYTEA NOT NULL PRIMARY KEY, -- keyed hash of the token
    project BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL
);

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

CREATE TABLE response_close (
    wave      TEXT PRIMARY KEY,
    closed_ms BIGINT NOT NULL
);

CREATE TABLE response_definition (
    wave         TEXT PRIMARY KEY,
    hash         TEXT NOT NULL,
    source       TEXT NOT NULL, -- the questionnaire file
    published_ms BIGINT NOT NULL
);

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
    sealed      BYTEA NOT NULL, mode TEXT NOT NULL DEFAULT '', -- the items changed
    PRIMARY KEY (wave, unit, revision)
);

CREATE TABLE response_paradata (
    wave      TEXT NOT NULL,
    unit      TEXT NOT NULL,
    page      TEXT NOT NULL,
    first_ms  BIGINT NOT NULL,  -- sent in for the first time
    last_ms   BIGINT NOT NULL,  -- sent in for the last time
    open_ms   BIGINT NOT NULL,  -- stood open before it was sent in, added up
    saves     INTEGER NOT NULL, -- by a button
    autosaves INTEGER NOT NULL, -- by the page's script
    refusals  INTEGER NOT NULL, -- came back with faults
    backs     INTEGER NOT NULL, -- left backwards
    device    TEXT NOT NULL,    -- at the last time: phone, tablet, computer, unknown
    lang      TEXT NOT NULL,    -- at the last time
    faults    TEXT NOT NULL,    -- ids of the items at fault, sorted, a space between
    PRIMARY KEY (wave, unit, page)
);

CREATE TABLE response_paradata_off (
    wave TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);

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
    sealed       BYTEA NOT NULL, mode TEXT NOT NULL DEFAULT '',   -- all answers
    PRIMARY KEY (wave, unit)
);

CREATE TABLE store_heartbeat (
    id   INTEGER PRIMARY KEY,
    beat BIGINT NOT NULL
);

CREATE TABLE store_key (
    name   TEXT PRIMARY KEY,
    digest BYTEA NOT NULL
);

CREATE TABLE store_migration (
		position INTEGER PRIMARY KEY,
		name     TEXT NOT NULL,
		checksum TEXT NOT NULL
	);

CREATE TABLE unlink_wave (
    wave         TEXT PRIMARY KEY,
    asked_by     TEXT NOT NULL,   -- a person's id, or operator
    asked_ms     BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL,   -- empty: not yet
    confirmed_ms BIGINT NOT NULL,
    proved_ms    BIGINT NOT NULL  -- 0: something is left, or nobody has looked
);
