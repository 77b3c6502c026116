package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"barometer/internal/policy"
	"barometer/internal/store"
)

// ErrNoSession says that a token belongs to no session that is still on.
var ErrNoSession = errors.New("no such session")

// How long a session lasts. Staff see what others wrote about themselves, and
// sit at desks that others pass.
const (
	staffIdle   = 30 * time.Minute
	staffWhole  = 12 * time.Hour
	memberIdle  = 14 * 24 * time.Hour
	memberWhole = 90 * 24 * time.Hour
)

// noted is how coarsely the last use of a session is kept, so that a page seldom
// writes.
const noted = time.Minute

// How is what somebody showed to sign in.
type How struct {
	Method  string // "link", "operator"; "passkey", "totp", "oidc" by the packages that check them
	Factors int    // 1, or 2 where possession and knowledge or biometry were both shown
}

// The methods of this package.
var (
	ByLink         = How{Method: "link", Factors: 1}
	ByOperatorLink = How{Method: "operator", Factors: 1}
)

// Session is a browser at which a person is signed in.
type Session struct {
	Token  string // secret, known to the browser alone; only its hash is stored
	ID     string // names the session in lists, and opens nothing
	Person Person
	How    How
	Device Device
	Begun  time.Time
	Proven time.Time // the last factor was shown
	Seen   time.Time
	Ends   time.Time // at the latest: earlier when not used
	staff  bool

	Guarded bool // the person has a second factor
}

// Weak reports whether the session's person has shown one factor and must show
// two: staff, and whoever has set a second one up.
func (s Session) Weak() bool { return s.How.Factors < 2 && (s.Guarded || s.Person.Staff()) }

// Subject is what the table of rules is asked about. A person who has confirmed
// no name yet, or is closing the account, holds no roles.
func (s Session) Subject() policy.Subject {
	sub := policy.Subject{Person: s.Person.ID.String(), Factors: s.How.Factors, At: s.Proven}
	if s.Person.State == Active {
		sub.Roles = s.Person.Roles
	}
	return sub
}

// Actor is the session's person, acting.
func (s Session) Actor() Actor {
	sub := s.Subject()
	return ByPerson(s.Person.ID, sub.Roles...)
}

func (s Session) idle() time.Duration {
	if s.staff {
		return staffIdle
	}
	return memberIdle
}

func (s Session) whole() time.Duration {
	if s.staff {
		return staffWhole
	}
	return memberWhole
}

// BeginSession signs a person in, in the transaction in which the proof was
// checked. The session has an id and a token of its own, whatever the browser
// had before; the session of the token before, if any, ends. Unless that was the
// same person's, one who signs in at a browser for the first time is told by mail.
func (a *Accounts) BeginSession(tx *store.Tx, id ID, how How, device Device, before string) (Session, error) {
	p, err := byID(tx, id)
	if err != nil {
		return Session{}, err
	}
	if !p.State.SignsIn() {
		return Session{}, fmt.Errorf("sign in to an account that is %s: %w", p.State, ErrTransition)
	}
	renewed, err := a.replaces(tx, before, id)
	if err != nil {
		return Session{}, err
	}
	now := a.opt.Now()
	s := Session{Token: NewToken(), ID: random(9), Person: p, How: how, Device: device, Begun: now, Proven: now, Seen: now, staff: p.Staff()}
	if s.Guarded, err = guarded(tx, id); err != nil {
		return Session{}, err
	}
	s.Ends = now.Add(s.whole())
	const q = `INSERT INTO account_session (token_hash, id, person, method, factors, device, begun_ms, proven_ms, seen_ms, staff)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = tx.Exec(q, a.hash(s.Token), s.ID, int64(id), how.Method, how.Factors, device.String(),
		store.Millis(now), store.Millis(now), store.Millis(now), flag(s.staff))
	if err != nil {
		return Session{}, err
	}
	if !renewed {
		err = a.tellOfSignIn(tx, s)
	}
	return s, errors.Join(err, a.record(tx, ByPerson(id), "session.begin", id, map[string]string{"method": how.Method, "session": s.ID}))
}

// replaces ends the session that a browser had before, and reports whether it was
// the same person's.
func (a *Accounts) replaces(tx *store.Tx, before string, id ID) (same bool, err error) {
	if before == "" {
		return false, nil
	}
	list, err := sessionsWhere(tx, `WHERE token_hash = ?`, a.hash(before))
	if err != nil {
		return false, err
	}
	return len(list) > 0 && list[0].Person.ID == id, endToken(tx, a.hash(before))
}

// Strengthen replaces a session by one with a further factor shown: new token,
// new id.
func (a *Accounts) Strengthen(tx *store.Tx, s Session, how How) (Session, error) {
	return a.BeginSession(tx, s.Person.ID, how, s.Device, s.Token)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

const sessionColumns = `SELECT id, person, method, factors, device, begun_ms, proven_ms, seen_ms, staff FROM account_session `

func scanSession(rows *sql.Rows) (s Session, err error) {
	var device string
	var begun, proven, seen int64
	var staff int
	err = rows.Scan(&s.ID, &s.Person.ID, &s.How.Method, &s.How.Factors, &device, &begun, &proven, &seen, &staff)
	s.Device, s.staff = parseDevice(device), staff == 1
	s.Begun, s.Proven, s.Seen = store.FromMillis(begun), store.FromMillis(proven), store.FromMillis(seen)
	s.Ends = s.Begun.Add(s.whole())
	return s, err
}

// on reports whether the session has not run out.
func (s Session) on(now time.Time) bool {
	return now.Before(s.Ends) && now.Before(s.Seen.Add(s.idle()))
}

// Session returns the session of a token with its person, and notes the use.
// [ErrNoSession] where there is none, where it has run out or was ended, and
// where the person may no longer sign in.
func (a *Accounts) Session(ctx context.Context, token string) (Session, error) {
	s, err := a.session(ctx, token)
	if err != nil {
		return Session{}, err
	}
	now := a.opt.Now()
	if now.Sub(s.Seen) < noted {
		return s, nil
	}
	err = a.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(`UPDATE account_session SET seen_ms = ? WHERE token_hash = ? AND seen_ms < ?`,
			store.Millis(now), a.hash(token), store.Millis(now))
		return err
	})
	s.Seen = now
	return s, err
}

func (a *Accounts) session(ctx context.Context, token string) (s Session, err error) {
	if token == "" {
		return Session{}, ErrNoSession
	}
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		list, err := sessionsWhere(tx, `WHERE token_hash = ?`, a.hash(token))
		switch {
		case err != nil:
			return err
		case len(list) == 0:
			return ErrNoSession
		}
		s = list[0]
		if s.Person, err = byID(tx, s.Person.ID); err != nil {
			return err
		}
		s.Guarded, err = guarded(tx, s.Person.ID)
		return err
	})
	switch {
	case err != nil:
		return Session{}, err
	case !s.on(a.opt.Now()) || !s.Person.State.SignsIn():
		return Session{}, ErrNoSession
	}
	s.Token = token
	return s, nil
}

func sessionsWhere(tx *store.Tx, where string, arg any) (list []Session, err error) {
	err = tx.Each(func(rows *sql.Rows) error {
		s, err := scanSession(rows)
		list = append(list, s)
		return err
	}, sessionColumns+where, arg)
	return list, err
}

// Sessions lists where a person is signed in, the latest first.
func (a *Accounts) Sessions(ctx context.Context, id ID) (list []Session, err error) {
	now := a.opt.Now()
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		list = nil
		all, err := sessionsWhere(tx, `WHERE person = ? ORDER BY begun_ms DESC, id`, int64(id))
		for _, s := range all {
			if s.on(now) {
				list = append(list, s)
			}
		}
		return err
	})
	return list, err
}

// EndSession ends the session of a token: signing out.
func (a *Accounts) EndSession(ctx context.Context, token string) error {
	return a.db.Write(ctx, func(tx *store.Tx) error { return endToken(tx, a.hash(token)) })
}

// Revoke ends one session of a person, found by its id.
func (a *Accounts) Revoke(ctx context.Context, by Actor, person ID, session string) error {
	return a.revoke(ctx, by, person, session, `DELETE FROM account_session WHERE person = ? AND id = ?`)
}

// RevokeOthers ends all sessions of a person but one; with no id, all.
func (a *Accounts) RevokeOthers(ctx context.Context, by Actor, person ID, keep string) error {
	return a.revoke(ctx, by, person, keep, `DELETE FROM account_session WHERE person = ? AND id <> ?`)
}

func (a *Accounts) revoke(ctx context.Context, by Actor, person ID, session, query string) error {
	if by.Person != person && !by.administers() {
		return ErrNotYours
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(query, int64(person), session)
		if err != nil || n == 0 {
			return err
		}
		return a.record(tx, by, "session.revoke", person, nil)
	})
}

func endToken(tx *store.Tx, hash []byte) error {
	_, err := tx.Exec(`DELETE FROM account_session WHERE token_hash = ?`, hash)
	return err
}

func endSessions(tx *store.Tx, id ID) error { return endOtherSessions(tx, id, "") }

func endOtherSessions(tx *store.Tx, id ID, keep string) error {
	_, err := tx.Exec(`DELETE FROM account_session WHERE person = ? AND id <> ?`, int64(id), keep)
	return err
}
