-- The questionnaire that a wave collects answers with: the first one published
-- for it, and never another.
CREATE TABLE response_definition (
    wave         TEXT PRIMARY KEY,
    hash         TEXT NOT NULL,
    source       TEXT NOT NULL, -- the questionnaire file
    published_ms BIGINT NOT NULL
);
