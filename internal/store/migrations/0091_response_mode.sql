-- How answers reached us: web, paper, phone or import. Empty where no answer did.
ALTER TABLE response_state ADD COLUMN mode TEXT NOT NULL DEFAULT '';
ALTER TABLE response_event ADD COLUMN mode TEXT NOT NULL DEFAULT '';
UPDATE response_state SET mode = 'web' WHERE answered > 0;
UPDATE response_event SET mode = 'web' WHERE kind = 'saved' OR kind = 'submitted';
