-- The desk of the fieldwork. No name, address or code stands here; what staff
-- write of a workplace is sealed (AES-256-GCM).

-- One row per wave that is counted: the sample it is counted by.
CREATE TABLE fieldwork_wave (
    wave   TEXT PRIMARY KEY,
    digest TEXT NOT NULL -- of the units and their design
);

-- One row per stratum of the sample.
CREATE TABLE fieldwork_stratum (
    wave    TEXT NOT NULL,
    stratum TEXT NOT NULL,
    place   INTEGER NOT NULL, -- in the sample's order
    size    INTEGER NOT NULL, -- units in the frame
    take    INTEGER NOT NULL, -- units in the sample
    PRIMARY KEY (wave, stratum)
);

-- One row per sampled unit: its classes of the frame.
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
CREATE INDEX fieldwork_unit_listed ON fieldwork_unit (wave, stratum, unit);  -- the order of lists
CREATE INDEX fieldwork_unit_counted ON fieldwork_unit (wave, unit, stratum); -- all that counts need

-- One row per remark of staff on a workplace.
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

-- One row per person who wants the daily digest.
CREATE TABLE fieldwork_digest (
    person   BIGINT PRIMARY KEY,
    since_ms BIGINT NOT NULL
);
