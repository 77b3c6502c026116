-- The store's own tables.

-- One row per key the store was written with.
CREATE TABLE store_key (
    name   TEXT PRIMARY KEY,
    digest BYTEA NOT NULL
);

-- One row: proof that the store can write.
CREATE TABLE store_heartbeat (
    id   INTEGER PRIMARY KEY,
    beat BIGINT NOT NULL
);
