-- Workplaces beside their peers.

-- One row per link to a workplace's own answers. The token in the link is kept
-- as a hash, and is the only key to the answers: nobody who has the store, nor
-- the server itself, opens them without the link. With wave and unit the row
-- goes when the wave is unlinked.
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

-- One row per meeting that answers together, until it is closed or its time is
-- over. Nothing here tells who is there.
CREATE TABLE benchmark_room (
    code       TEXT PRIMARY KEY,
    digest     BYTEA NOT NULL, -- of the organiser's token
    wave       TEXT NOT NULL,  -- whose questions are asked
    item       TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX benchmark_room_digest ON benchmark_room (digest);
CREATE INDEX benchmark_room_expires ON benchmark_room (expires_ms);

-- One row per participant's answers in a room.
CREATE TABLE benchmark_vote (
    code    TEXT NOT NULL,
    ballot  BYTEA NOT NULL,   -- digest of the form that was sent, so that one counts once
    number  INTEGER NOT NULL, -- counts the answers of the room
    answers TEXT NOT NULL,    -- JSON: options by field
    PRIMARY KEY (code, ballot)
);
