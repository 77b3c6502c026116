-- Mail that was asked for, and addresses that cannot be reached. No address
-- stands here, only keyed digests of them.

-- One row per mail ever asked for: the send log. A mail is asked for once.
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

-- One row per address with a history of failures or a wish not to be written to.
CREATE TABLE mail_address (
    address  BYTEA PRIMARY KEY,
    state    TEXT NOT NULL,         -- reachable, bouncing, suppressed
    failures INTEGER NOT NULL,      -- mails that did not arrive
    code     TEXT NOT NULL,         -- of the last failure
    since_ms BIGINT NOT NULL
);

-- One row per domain written to: when its next mail may go.
CREATE TABLE mail_domain (
    domain  TEXT PRIMARY KEY,
    next_ms BIGINT NOT NULL
);
