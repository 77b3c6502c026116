-- Who asked for the link between a wave's answers and its workplaces to be
-- destroyed, who confirmed it, and how it came out.

-- One row per wave that this was asked for.
CREATE TABLE unlink_wave (
    wave         TEXT PRIMARY KEY,
    asked_by     TEXT NOT NULL,   -- a person's id, or operator
    asked_ms     BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL,   -- empty: not yet
    confirmed_ms BIGINT NOT NULL,
    proved_ms    BIGINT NOT NULL  -- 0: something is left, or nobody has looked
);
