package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"barometer/internal/store"
)

// Head is the end of the chain at some time. Noted outside of the store, it
// proves later that nothing up to it was changed or cut off.
type Head struct {
	Position int64  // of the last event, 0 when there is none
	Hash     string // of the last event
}

// String is the head as one word that [ParseHead] reads.
func (h Head) String() string { return strconv.FormatInt(h.Position, 10) + ":" + h.Hash }

var headWord = regexp.MustCompile(`^(0:|[1-9][0-9]{0,17}:[0-9a-f]{64})$`)

// ParseHead reads a head that was noted.
func ParseHead(s string) (Head, error) {
	if !headWord.MatchString(s) {
		return Head{}, fmt.Errorf("%q is no head of an audit log: want position:hash", s)
	}
	position, hash, _ := strings.Cut(s, ":")
	n, err := strconv.ParseInt(position, 10, 64)
	return Head{n, hash}, err
}

// ErrBroken says that the log is not what was written.
var ErrBroken = errors.New("the audit log was tampered with")

// Verify reads the whole log and returns its head. It returns [ErrBroken] with
// the place where an event was changed, left out or put in, where the log ends
// before one of the noted heads, or where it differs from it.
func Verify(ctx context.Context, db *store.DB, noted ...Head) (Head, error) {
	var at, kept Head
	wanted := map[int64]string{}
	for _, h := range noted {
		wanted[h.Position] = h.Hash
	}
	err := db.Read(ctx, func(tx *store.Tx) error {
		err := each(tx, func(e entry) error {
			if err := e.follows(at); err != nil {
				return err
			}
			at = Head{e.Position, e.hash}
			if want, ok := wanted[at.Position]; ok && want != at.Hash {
				return fmt.Errorf("%w: event %d is not the one that was noted", ErrBroken, at.Position)
			}
			return nil
		}, ` ORDER BY position`)
		if err != nil {
			return err
		}
		err = tx.QueryRow(`SELECT position, hash FROM audit_head WHERE id = 1`).Scan(&kept.Position, &kept.Hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		return at, err
	case kept != at:
		return at, fmt.Errorf("%w: its last event is %d, but %d was written", ErrBroken, at.Position, kept.Position)
	}
	for _, h := range noted {
		if h.Position > at.Position {
			return at, fmt.Errorf("%w: it ends at event %d, but event %d was noted", ErrBroken, at.Position, h.Position)
		}
	}
	return at, nil
}

// follows checks an entry against the one before it.
func (e entry) follows(last Head) error {
	switch {
	case e.Position != last.Position+1:
		return fmt.Errorf("%w: event %d follows event %d", ErrBroken, e.Position, last.Position)
	case e.previous != last.Hash:
		return fmt.Errorf("%w: event %d does not continue event %d", ErrBroken, e.Position, last.Position)
	case e.hash != e.sum():
		return fmt.Errorf("%w: event %d was changed", ErrBroken, e.Position)
	}
	return nil
}

// each reads entries in the order the rest of the query gives.
func each(tx *store.Tx, visit func(entry) error, rest string, args ...any) error {
	return tx.Each(func(rows *sql.Rows) error {
		var e entry
		err := rows.Scan(&e.Position, &e.At, &e.Actor, &e.Action, &e.Object, &e.detail, &e.previous, &e.hash)
		if err != nil {
			return err
		}
		return visit(e)
	}, `SELECT position, at_ms, actor, action, object, detail, previous, hash FROM audit_event`+rest, args...)
}

// Entry is an event as it is shown.
type Entry struct {
	Position int64
	At       time.Time
	Event
}

func (e entry) shown() (Entry, error) {
	shown := Entry{Position: e.Position, At: store.FromMillis(e.At), Event: e.Event}
	return shown, json.Unmarshal([]byte(e.detail), &shown.Detail)
}

// List returns up to n events before a position, the latest first; before 0
// means from the end.
func List(ctx context.Context, db *store.DB, before int64, n int) ([]Entry, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	var list []Entry
	err := db.Read(ctx, func(tx *store.Tx) error {
		return each(tx, func(e entry) error {
			shown, err := e.shown()
			list = append(list, shown)
			return err
		}, ` WHERE position < ? ORDER BY position DESC LIMIT ?`, before, n)
	})
	return list, err
}
