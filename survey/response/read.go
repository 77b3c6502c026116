package response

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"barometer/internal/store"
)

// errStop ends an iteration that its consumer has left.
var errStop = errors.New("stop")

// All yields the records of a wave by unit key, from one consistent snapshot.
// A row that does not open is yielded as its unit with a [*TamperedError], and
// the iteration goes on; any other error is the last thing yielded.
func (s *Store) All(ctx context.Context, wave string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		err := s.db.Read(ctx, func(tx *store.Tx) error {
			return tx.Each(func(rows *sql.Rows) error {
				row, err := scanState(rows)
				if err != nil {
					return err
				}
				r, err := s.open(row)
				if tampered := new(TamperedError); err != nil && !errors.As(err, &tampered) {
					return err
				}
				if !yield(r, err) {
					return errStop
				}
				return nil
			}, `SELECT `+stateColumns+` FROM response_state WHERE wave = ? ORDER BY unit`, wave)
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Record{}, fmt.Errorf("responses of wave %s: %w", wave, err))
		}
	}
}

// Status is what fieldwork may know of a response: no answers.
type Status struct {
	Unit        string
	Disposition Disposition
	Answered    int       // items with an answer
	Submitted   time.Time // zero = not submitted
}

// Statuses lists the units of a wave that have a record, by unit key. It opens
// no answers.
func (s *Store) Statuses(ctx context.Context, wave string) ([]Status, error) {
	var all []Status
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var st Status
			var submitted int64
			err := rows.Scan(&st.Unit, &st.Disposition, &st.Answered, &submitted)
			st.Submitted = store.FromMillis(submitted)
			all = append(all, st)
			return err
		}, `SELECT unit, disposition, answered, submitted_ms FROM response_state WHERE wave = ? ORDER BY unit`, wave)
	})
	if err != nil {
		return nil, fmt.Errorf("response statuses of wave %s: %w", wave, err)
	}
	return all, nil
}

// Event is one change in the history of a response, without the answers.
type Event struct {
	Revision    int
	At          time.Time
	Kind        string // saved, submitted, declined, disposed, reopened, imported
	Actor       string // respondent, or a staff account
	Mode        Mode   // of the answers that came with it, empty where none did
	Page        string
	Disposition Disposition
	Reason      string
}

// History lists the changes to a unit's response in order.
func (s *Store) History(ctx context.Context, wave, unit string) ([]Event, error) {
	var all []Event
	err := s.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var e Event
			var at int64
			err := rows.Scan(&e.Revision, &at, &e.Kind, &e.Actor, &e.Mode, &e.Page, &e.Disposition, &e.Reason)
			e.At = store.FromMillis(at)
			all = append(all, e)
			return err
		}, `SELECT revision, at_ms, kind, actor, mode, page, disposition, reason
			FROM response_event WHERE wave = ? AND unit = ? ORDER BY revision`, wave, unit)
	})
	if err != nil {
		return nil, fmt.Errorf("history of unit %s in wave %s: %w", unit, wave, err)
	}
	return all, nil
}
