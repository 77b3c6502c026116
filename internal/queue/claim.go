package queue

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"barometer/internal/store"
)

// claim is a job that this process holds the lease of.
type claim struct {
	Job
	fence  int64
	sealed []byte
}

// errLost says that another process holds the job by now.
var errLost = errors.New("the lease was lost to another process")

// dueQuery asks for the jobs that are due in one turn, in the order of their
// time, among so many kinds. A job whose lease has ended is due like any other.
func dueQuery(kinds int) string {
	return `SELECT kind, job_key, fence, attempts, due_ms, sealed FROM queue_job
		WHERE state IN ('waiting', 'running') AND turn = ? AND due_ms <= ?
		AND kind IN (?` + strings.Repeat(", ?", kinds-1) + `)
		ORDER BY due_ms, kind, job_key LIMIT ?`
}

// candidates lists at most n jobs that are due, the urgent first.
func (q *Queue) candidates(ctx context.Context, n int) ([]claim, error) {
	var list []claim
	now := store.Millis(q.opt.Now())
	err := q.db.Read(ctx, func(tx *store.Tx) error {
		for turn := 0; turn < 2 && len(list) < n; turn++ {
			args := []any{turn, now}
			for _, kind := range slices.Sorted(maps.Keys(q.handlers)) {
				args = append(args, kind)
			}
			err := tx.Each(func(rows *sql.Rows) error {
				var c claim
				var due int64
				err := rows.Scan(&c.Kind, &c.Key, &c.fence, &c.Attempt, &due, &c.sealed)
				c.RunAt, c.Urgent = store.FromMillis(due), turn == 0
				list = append(list, c)
				return err
			}, q.due, append(args, n-len(list))...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// claim takes the leases of at most n due jobs. Where two processes want the
// same job, the one whose write finds the fence as it read it has it.
func (q *Queue) claim(ctx context.Context, n int) ([]claim, error) {
	found, err := q.candidates(ctx, n)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	var ours []claim
	err = q.db.Write(ctx, func(tx *store.Tx) error {
		ours = nil
		now := q.opt.Now()
		for _, c := range found {
			changed, err := tx.Exec(`UPDATE queue_job SET state = 'running', fence = fence + 1, attempts = attempts + 1, due_ms = ?, owner = ?
				WHERE kind = ? AND job_key = ? AND fence = ? AND state IN ('waiting', 'running') AND due_ms <= ?`,
				store.Millis(now.Add(q.opt.Lease)), q.opt.Owner, c.Kind, c.Key, c.fence, store.Millis(now))
			if err != nil {
				return err
			}
			if changed == 1 {
				c.fence++
				c.Attempt++
				ours = append(ours, c)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err // the leases, if they were written after all, will end
	}
	return ours, nil
}

// renew puts the end of the lease off; errLost where it is another's.
func (q *Queue) renew(ctx context.Context, c claim) error {
	return q.db.Write(ctx, func(tx *store.Tx) error {
		return held(tx.Exec(`UPDATE queue_job SET due_ms = ? WHERE kind = ? AND job_key = ? AND fence = ? AND state = 'running'`,
			store.Millis(q.opt.Now().Add(q.opt.Lease)), c.Kind, c.Key, c.fence))
	})
}

// outcome is how an attempt ended.
type outcome struct {
	state    string
	due      time.Time // when to try again, for a waiting job
	attempts int
	err      string
}

// settle records an outcome together with the effect, under the fence of the
// claim.
func (q *Queue) settle(ctx context.Context, c claim, o outcome, effect Effect) error {
	sealed, ended := c.sealed, q.opt.Now()
	switch o.state {
	case waiting:
		ended = time.Time{}
	case done:
		sealed = wiped
	}
	return q.db.Write(ctx, func(tx *store.Tx) error {
		err := held(tx.Exec(`UPDATE queue_job SET state = ?, due_ms = ?, attempts = ?, error = ?, ended_ms = ?, sealed = ?
			WHERE kind = ? AND job_key = ? AND fence = ? AND state = 'running'`,
			o.state, millis(o.due), o.attempts, o.err, millis(ended), sealed, c.Kind, c.Key, c.fence))
		if err != nil || effect == nil {
			return err
		}
		return effect(tx)
	})
}

func held(changed int64, err error) error {
	if err == nil && changed == 0 {
		return errLost
	}
	return err
}

// millis is t as the store keeps it, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return store.Millis(t)
}
