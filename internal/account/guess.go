package account

import (
	"database/sql"
	"errors"
	"time"

	"barometer/internal/store"
)

// LockedError says that too many wrong codes were given for a person.
type LockedError struct{ Wait time.Duration }

func (e *LockedError) Error() string { return "too many wrong codes, wait " + e.Wait.String() }

// Guesses are bounded per person, wherever they come from: the first factor was
// shown, so a stranger cannot lock anybody out. Six digits and the steps accepted
// make 24 guesses a day hit once in some 38 years.
const (
	freeMisses  = 4 // before the first wait
	firstWait   = time.Minute
	longestWait = time.Hour
)

// MayTry reports whether a code may be looked at now: a [LockedError] where too
// many were wrong.
func (a *Accounts) MayTry(tx *store.Tx, id ID) error {
	_, until, err := misses(tx, id)
	if now := a.opt.Now(); err == nil && now.Before(until) {
		return &LockedError{until.Sub(now)}
	}
	return err
}

// Miss counts a wrong code. Waits double with each.
func (a *Accounts) Miss(tx *store.Tx, id ID) error {
	n, _, err := misses(tx, id)
	if err != nil {
		return err
	}
	n++
	until := a.opt.Now()
	if over := n - freeMisses; over > 0 {
		until = until.Add(min(firstWait<<min(over-1, 10), longestWait))
	}
	const q = `INSERT INTO account_misses (person, misses, until_ms) VALUES (?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET misses = excluded.misses, until_ms = excluded.until_ms`
	if _, err := tx.Exec(q, int64(id), n, store.Millis(until)); err != nil {
		return err
	}
	if err := a.record(tx, ByPerson(id), "factor.miss", id, nil); err != nil || n != freeMisses+1 {
		return err
	}
	return a.Tell(tx, id, Guessed)
}

// Hit forgets the wrong codes.
func (a *Accounts) Hit(tx *store.Tx, id ID) error {
	_, err := tx.Exec(`DELETE FROM account_misses WHERE person = ?`, int64(id))
	return err
}

func misses(tx *store.Tx, id ID) (n int, until time.Time, err error) {
	var ms int64
	err = tx.QueryRow(`SELECT misses, until_ms FROM account_misses WHERE person = ?`, int64(id)).Scan(&n, &ms)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	return n, store.FromMillis(ms), err
}
