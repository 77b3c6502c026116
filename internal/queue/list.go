package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"barometer/internal/i18n"
	"barometer/internal/store"
)

// The states of a job.
const (
	waiting   = "waiting"
	running   = "running"
	done      = "done"
	dead      = "dead"
	discarded = "discarded"
)

// States lists the states of a job in the order staff care about them.
var States = []string{dead, running, waiting, done, discarded}

// Info is what staff see of a job: no payload.
type Info struct {
	Kind     string    `json:"kind"`
	Key      string    `json:"key"`
	State    string    `json:"state"`
	Due      time.Time `json:"due,omitzero"` // waiting: not before; running: end of the lease
	Attempts int       `json:"attempts"`
	Owner    string    `json:"owner,omitempty"`
	Error    string    `json:"error,omitempty"`
	Enqueued time.Time `json:"enqueued"`
	Ended    time.Time `json:"ended,omitzero"`
}

// List returns at most n jobs of a state. Those still to come stand in the
// order of their time, those that ended the latest first.
func (q *Queue) List(ctx context.Context, state string, n int) ([]Info, error) {
	if !slices.Contains(States, state) {
		return nil, fmt.Errorf("no state %q: use one of %v", state, States)
	}
	const columns = `SELECT kind, job_key, state, due_ms, attempts, owner, error, enqueued_ms, ended_ms FROM queue_job WHERE state = ? `
	query := columns + `ORDER BY ended_ms DESC, kind, job_key LIMIT ?`
	if state == waiting || state == running {
		query = columns + `ORDER BY due_ms, kind, job_key LIMIT ?`
	}
	list := []Info{}
	err := q.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var i Info
			var due, enqueued, ended int64
			err := rows.Scan(&i.Kind, &i.Key, &i.State, &due, &i.Attempts, &i.Owner, &i.Error, &enqueued, &ended)
			i.Due, i.Enqueued, i.Ended = store.FromMillis(due), store.FromMillis(enqueued), store.FromMillis(ended)
			list = append(list, i)
			return err
		}, query, state, n)
	})
	return list, err
}

// Counts returns how many jobs there are in each state.
func (q *Queue) Counts(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	err := q.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var state string
			var n int
			err := rows.Scan(&state, &n)
			counts[state] = n
			return err
		}, `SELECT state, COUNT(*) FROM queue_job GROUP BY state`)
	})
	return counts, err
}

// Recurring is a rule as staff see it.
type Recurring struct {
	Kind string    `json:"kind"`
	Rule string    `json:"rule"`
	Next time.Time `json:"next"`
}

// Recurring lists what recurs and when it is due next.
func (q *Queue) Recurring(ctx context.Context) ([]Recurring, error) {
	list := []Recurring{}
	err := q.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var r Recurring
			var next int64
			err := rows.Scan(&r.Kind, &r.Rule, &next)
			r.Next = store.FromMillis(next)
			list = append(list, r)
			return err
		}, `SELECT kind, rule, next_ms FROM queue_schedule ORDER BY kind`)
	})
	return list, err
}

// Label names a kind for staff: its handler's label, or the kind itself.
func (q *Queue) Label(kind string) i18n.Text {
	if h, ok := q.handlers[kind]; ok {
		return h.Label
	}
	return i18n.Same(kind)
}

// ErrState says that a job is not in a state that allows what is asked.
var ErrState = errors.New("the job is not in a state for this")

// Retry makes a dead job due now, with all its attempts before it again, and
// one that waits due now.
func (q *Queue) Retry(tx *store.Tx, kind, key string) error {
	n, err := tx.Exec(`UPDATE queue_job SET state = 'waiting', due_ms = ?, attempts = 0, ended_ms = 0
		WHERE kind = ? AND job_key = ? AND state IN ('dead', 'waiting')`, store.Millis(q.opt.Now()), kind, key)
	q.stir()
	return changed(n, err, kind, key, "only a dead or waiting job can be retried")
}

// Discard ends a job that is dead or waits, and wipes its payload. Its key
// stays taken.
func (q *Queue) Discard(tx *store.Tx, kind, key string) error {
	n, err := tx.Exec(`UPDATE queue_job SET state = 'discarded', due_ms = 0, ended_ms = ?, sealed = ?
		WHERE kind = ? AND job_key = ? AND state IN ('dead', 'waiting')`, store.Millis(q.opt.Now()), wiped, kind, key)
	return changed(n, err, kind, key, "only a dead or waiting job can be discarded")
}

func changed(n int64, err error, kind, key, why string) error {
	if err == nil && n == 0 {
		return fmt.Errorf("job %s %s: %w: %s", kind, key, ErrState, why)
	}
	return err
}

const purgeKind = "queue.purge"

// purger forgets jobs that ended long ago, dead ones included.
func (q *Queue) purger() Handler {
	return Handler{
		Kind:  purgeKind,
		Label: i18n.Text{DA: "Oprydning i køen", EN: "Tidying of the queue"},
		Run: InTx(func(tx *store.Tx, _ Job) error {
			_, err := tx.Exec(`DELETE FROM queue_job WHERE state IN ('done', 'dead', 'discarded') AND ended_ms < ?`,
				store.Millis(q.opt.Now().Add(-q.opt.Keep)))
			return err
		}),
	}
}
