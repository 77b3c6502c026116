package contact

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"barometer/internal/audit"
	"barometer/internal/store"
)

// HandOverLife is how long a link to a colleague waits to be opened.
const HandOverLife = 72 * time.Hour

// mostHandOvers is how many links one workplace may make in the life of one: a
// code must not become a way to write to many strangers.
const mostHandOvers = 10

// ErrManyHandOvers says that a workplace has made many links lately.
var ErrManyHandOvers = errors.New("too many links to colleagues")

// respondent is the actor of what workplaces do, for the audit log.
const respondent = "respondent"

// HandOver is a link to a response for a colleague of whoever answers it.
type HandOver struct {
	Token   string // secret; only its hash is stored
	Expires time.Time
	Alone   bool // the colleague takes over: the codes of before end when the link is opened
}

// HandOver makes a link that opens the response of a session in a colleague's
// browser, once. send carries it to the colleague in the same transaction and
// may be nil. The audit log notes that it was done, and nobody's name.
func (a *Access) HandOver(ctx context.Context, s Session, alone bool, send func(*store.Tx, HandOver) error) (HandOver, error) {
	h := HandOver{Token: newToken(), Expires: a.now().Add(HandOverLife), Alone: alone}
	err := a.db.Write(ctx, func(tx *store.Tx) error {
		now := store.Millis(a.now())
		var recent int
		const lately = `SELECT COUNT(*) FROM contact_handover WHERE wave = ? AND unit = ? AND made_ms > ?`
		if err := tx.QueryRow(lately, s.Wave, s.Unit, now-HandOverLife.Milliseconds()).Scan(&recent); err != nil {
			return err
		}
		if recent >= mostHandOvers {
			return ErrManyHandOvers
		}
		const q = `INSERT INTO contact_handover (token_hash, wave, unit, alone, made_ms, expires_ms, used_ms, code_hash) VALUES (?, ?, ?, ?, ?, ?, 0, ?)`
		if _, err := tx.Exec(q, keyed(a.sessionKey, h.Token), s.Wave, s.Unit, number(alone), now, store.Millis(h.Expires), []byte{}); err != nil {
			return err
		}
		if err := a.noteHandOver(tx, "response.hand_over", s, alone); err != nil || send == nil {
			return err
		}
		return send(tx, h)
	})
	if err != nil {
		return HandOver{}, fmt.Errorf("hand over: %w", err)
	}
	return h, nil
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *Access) noteHandOver(tx *store.Tx, action string, s Session, alone bool) error {
	object, err := AuditObject(tx, s.Wave, s.Unit)
	if err != nil {
		return err
	}
	return audit.Record(tx, a.now(), audit.Event{Actor: respondent, Action: action, Object: object,
		Detail: map[string]string{"alone": fmt.Sprint(alone)}})
}

// TakeOver opens the response of a link, once, and returns a session with a code
// of the colleague's own, to come back with; it is stored nowhere. A link that
// never was, was used, or has run out is [ErrUnknown].
func (a *Access) TakeOver(ctx context.Context, token string) (s Session, c Code, err error) {
	hash := keyed(a.sessionKey, token)
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		s = Session{Token: newToken(), Expires: a.now().Add(a.sessionLife)}
		var alone int
		const find = `SELECT wave, unit, alone FROM contact_handover WHERE token_hash = ? AND used_ms = 0 AND expires_ms > ?`
		err := tx.QueryRow(find, hash, store.Millis(a.now())).Scan(&s.Wave, &s.Unit, &alone)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		if alone == 1 {
			if err := a.shutOut(tx, s, hash); err != nil {
				return err
			}
		}
		if c, err = newCode(a.codes); err != nil {
			return err
		}
		codeHash := keyed(a.codeKey, string(c))
		if _, err := tx.Exec(`UPDATE contact_handover SET used_ms = ?, code_hash = ? WHERE token_hash = ?`, store.Millis(a.now()), codeHash, hash); err != nil {
			return err
		}
		return errors.Join(a.begin(tx, codeHash, s), a.noteHandOver(tx, "response.take_over", s, alone == 1))
	})
	if err != nil {
		return Session{}, "", err
	}
	return s, c, nil
}

// shutOut ends all other ways into a response.
func (a *Access) shutOut(tx *store.Tx, s Session, except []byte) error {
	if err := a.revoke(tx, s.Wave, s.Unit); err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	_, err := tx.Exec(`DELETE FROM contact_handover WHERE wave = ? AND unit = ? AND token_hash <> ?`, s.Wave, s.Unit, except)
	return err
}
