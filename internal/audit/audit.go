// Package audit keeps the log of who did what.
//
// An act and its event are written in one transaction ([Record]): neither is
// there without the other. Each event holds the hash of the one before it, so
// a change to the past breaks the chain at a place that [Verify] names. A chain
// that was cut off at its end is whole in itself; only a [Head] that was noted
// elsewhere, in a backup or a release, tells.
//
// Events name persons by their ids. An id outlives the erasure of the name
// behind it, so erasure leaves the chain valid. The log holds no free text, no
// address and no answer.
package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"barometer/internal/store"
)

// Actors that are no person.
const (
	Operator = "operator" // whoever may run commands in the home folder
	System   = "system"   // scheduled work
)

// Event is one act.
type Event struct {
	Actor  string            // a person's id, Operator or System
	Action string            // the object's kind and the verb: "role.grant"
	Object string            // what it was done to, by its id
	Detail map[string]string // codes that say more: {"role": "editor"}
}

var (
	action = regexp.MustCompile(`^[a-z]+(\.[a-z_]+)+$`)
	code   = regexp.MustCompile(`^[\pL\pN ._:/+=-]{0,200}$`)
)

// check refuses what does not belong in a log that is kept for ever. Codes
// have no @, so no address gets in.
func (e Event) check() error {
	if !action.MatchString(e.Action) {
		return fmt.Errorf("audit event: %q is no action; write kind.verb", e.Action)
	}
	if e.Actor == "" {
		return fmt.Errorf("audit event %s: no actor", e.Action)
	}
	parts := []string{e.Actor, e.Object}
	for key, value := range e.Detail {
		parts = append(parts, key, value)
	}
	if i := slices.IndexFunc(parts, func(s string) bool { return !code.MatchString(s) }); i >= 0 {
		return fmt.Errorf("audit event %s: a part is no code (letters, digits and ._:/+=- only)", e.Action)
	}
	return nil
}

// Record adds an event in the transaction of the act itself. The head's row is
// taken first, so that events are written one after another whatever runs
// beside this transaction.
func Record(tx *store.Tx, at time.Time, e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	detail, err := json.Marshal(e.Detail) // keys in order
	if err != nil {
		return err
	}
	link := entry{At: store.Millis(at), Event: e, detail: string(detail)}
	const next = `INSERT INTO audit_head (id, position, hash) VALUES (1, 1, '')
		ON CONFLICT (id) DO UPDATE SET position = audit_head.position + 1 RETURNING position, hash`
	if err := tx.QueryRow(next).Scan(&link.Position, &link.previous); err != nil {
		return fmt.Errorf("audit event %s: %w", e.Action, err)
	}
	link.hash = link.sum()
	const add = `INSERT INTO audit_event (position, at_ms, actor, action, object, detail, previous, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	_, err = tx.Exec(add, link.Position, link.At, e.Actor, e.Action, e.Object, link.detail, link.previous, link.hash)
	if err == nil {
		_, err = tx.Exec(`UPDATE audit_head SET hash = ? WHERE id = 1`, link.hash)
	}
	if err != nil {
		return fmt.Errorf("audit event %s: %w", e.Action, err)
	}
	return nil
}

// entry is an event in its place in the chain.
type entry struct {
	Position int64
	At       int64
	Event
	detail         string
	previous, hash string
}

// sum is the hash of the entry and, through previous, of all before it. Each
// part is preceded by its length, so that no two entries read the same.
func (e entry) sum() string {
	h := sha256.New()
	binary.Write(h, binary.BigEndian, [2]int64{e.Position, e.At}) //nolint:errcheck // a hash takes all
	for _, part := range []string{e.Actor, e.Action, e.Object, e.detail, e.previous} {
		binary.Write(h, binary.BigEndian, int64(len(part))) //nolint:errcheck
		h.Write([]byte(part))
	}
	return hex.EncodeToString(h.Sum(nil))
}
