package contact

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"barometer/internal/store"
)

var (
	// ErrNoSession says that the token belongs to no session.
	ErrNoSession = errors.New("no such session")
	// ErrExpired says that the session has run out. It comes with the session:
	// what was posted may still be saved, nothing may be shown.
	ErrExpired = errors.New("session expired")
)

// grace is how long an expired session is still recognised, so that an answer
// written during a long meeting is not lost.
const grace = 24 * time.Hour

// Session is a browser's right to work on one response. Several sessions may
// work on the same one: colleagues share a questionnaire.
type Session struct {
	Token   string // secret, known to the browser alone; only its hash is stored
	Wave    string
	Unit    string
	Expires time.Time

	Actor string // account of the member of staff who keys in, "" for a respondent
	Mode  string // how what is keyed in came: "paper", "phone"; "" for a respondent
}

// Redeem turns a code as typed into a session. A code that cannot be right
// gives [ErrTypo] without touching the store, any other that is not valid
// gives [ErrUnknown].
func (a *Access) Redeem(ctx context.Context, typed string) (Session, error) {
	code, err := ParseCode(typed)
	if err != nil {
		return Session{}, err
	}
	s := Session{Token: newToken(), Expires: a.now().Add(a.sessionLife)}
	hash := keyed(a.codeKey, string(code))
	err = a.db.ReadOne(ctx, func(tx *store.Tx) error { return findCode(tx, hash, &s) })
	if err != nil {
		return Session{}, err
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		if err := findCode(tx, hash, &s); err != nil { // revoked since
			return err
		}
		return a.begin(tx, hash, s)
	})
	if err != nil {
		return Session{}, err
	}
	return s, nil
}

func findCode(tx *store.Tx, hash []byte, s *Session) error {
	const q = `SELECT wave, unit FROM contact_invitation WHERE code_hash = ? AND revoked_ms = 0
		UNION ALL SELECT wave, unit FROM contact_handover WHERE code_hash = ?`
	err := tx.QueryRow(q, hash, hash).Scan(&s.Wave, &s.Unit)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown
	}
	return err
}

// begin stores the session, notes the first use of the code, and drops the
// unit's sessions that are past all grace.
func (a *Access) begin(tx *store.Tx, codeHash []byte, s Session) error {
	now := a.now()
	const opened = `UPDATE contact_invitation SET opened_ms = ? WHERE code_hash = ? AND opened_ms = 0`
	if _, err := tx.Exec(opened, store.Millis(now), codeHash); err != nil {
		return err
	}
	const old = `DELETE FROM contact_session WHERE wave = ? AND unit = ? AND expires_ms < ?`
	if _, err := tx.Exec(old, s.Wave, s.Unit, store.Millis(now.Add(-grace))); err != nil {
		return err
	}
	return a.keepSession(tx, s)
}

func (a *Access) keepSession(tx *store.Tx, s Session) error {
	const q = `INSERT INTO contact_session (token_hash, wave, unit, expires_ms, actor, mode) VALUES (?, ?, ?, ?, ?, ?)`
	_, err := tx.Exec(q, keyed(a.sessionKey, s.Token), s.Wave, s.Unit, store.Millis(s.Expires), s.Actor, s.Mode)
	return err
}

// newToken returns 256 random bits. Tokens are never seeded, not even where
// codes are.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// Session returns the session of a token: [ErrNoSession] when there is none,
// [ErrExpired] with the session for a day after its end.
func (a *Access) Session(ctx context.Context, token string) (Session, error) {
	s := Session{Token: token}
	var expires int64
	err := a.db.ReadOne(ctx, func(tx *store.Tx) error {
		const q = `SELECT wave, unit, expires_ms, actor, mode FROM contact_session WHERE token_hash = ?`
		return tx.QueryRow(q, keyed(a.sessionKey, token)).Scan(&s.Wave, &s.Unit, &expires, &s.Actor, &s.Mode)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, err
	}
	s.Expires = store.FromMillis(expires)
	switch now := a.now(); {
	case now.Before(s.Expires):
		return s, nil
	case now.Before(s.Expires.Add(grace)):
		return s, ErrExpired
	}
	return Session{}, ErrNoSession
}

// Extend gives a session its full life again. It writes only when more than a
// fifth of the life is used, so that every page may call it. An expired session
// is not revived: its respondent types the code again.
func (a *Access) Extend(ctx context.Context, s Session) (Session, error) {
	now := a.now()
	if !now.Before(s.Expires) {
		return s, ErrExpired
	}
	fresh := now.Add(a.sessionLife)
	if fresh.Sub(s.Expires) < a.sessionLife/5 {
		return s, nil
	}
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		const q = `UPDATE contact_session SET expires_ms = ? WHERE token_hash = ? AND expires_ms < ?`
		_, err := tx.Exec(q, store.Millis(fresh), keyed(a.sessionKey, s.Token), store.Millis(fresh))
		return err
	})
	if err != nil {
		return s, fmt.Errorf("extend session: %w", err)
	}
	s.Expires = fresh
	return s, nil
}

// End closes a session: its token is worthless afterwards.
func (a *Access) End(ctx context.Context, token string) error {
	return a.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`DELETE FROM contact_session WHERE token_hash = ?`, keyed(a.sessionKey, token))
		return err
	})
}

// DropExpired drops every session that is past all grace, and links that nobody
// opened, for scheduled work.
func (a *Access) DropExpired(tx *store.Tx) error {
	now := a.now()
	_, errSessions := tx.Exec(`DELETE FROM contact_session WHERE expires_ms < ?`, store.Millis(now.Add(-grace)))
	_, errLinks := tx.Exec(`DELETE FROM contact_handover WHERE used_ms = 0 AND expires_ms < ?`, store.Millis(now))
	return errors.Join(errSessions, errLinks)
}
