-- How the pages of the questionnaire were used, where a wave asks for it and
-- the respondents do not object. No address of a network, no keystrokes, no
-- answers.

-- One row per unit and page that was sent in at least once.
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

-- One row per unit that does not want it.
CREATE TABLE response_paradata_off (
    wave TEXT NOT NULL,
    unit TEXT NOT NULL,
    PRIMARY KEY (wave, unit)
);
