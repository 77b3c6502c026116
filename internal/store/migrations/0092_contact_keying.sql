-- Staff who key in what a workplace sent on paper or said by telephone work on
-- its response in a session of their own. Both are empty for a respondent.
ALTER TABLE contact_session ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE contact_session ADD COLUMN mode TEXT NOT NULL DEFAULT '';

-- All that counts of the fieldwork need of a code.
CREATE INDEX contact_invitation_counted ON contact_invitation (wave, unit, issued_ms, opened_ms);
