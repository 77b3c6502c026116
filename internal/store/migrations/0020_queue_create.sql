-- Scheduled work. Payloads are sealed (AES-256-GCM); kinds and keys name
-- nobody.

-- One row per job, kept for a while after its end so that the same job is not
-- put in twice.
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

-- One row per recurring kind: when it is due next.
CREATE TABLE queue_schedule (
    kind    TEXT PRIMARY KEY,
    rule    TEXT NOT NULL,   -- "daily 08:00 Europe/Copenhagen"
    next_ms BIGINT NOT NULL
);
