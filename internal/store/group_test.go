package store

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A write that is refused before it changed anything has nobody run again; one that
// has something to take back has its group run once more, of which the others stand.
func TestGroupRunsAgainOnlyWhereSomethingIsTakenBack(t *testing.T) {
	refusal := errors.New("refused")
	for name, c := range map[string]struct {
		fails func(*Tx) error
		most  int64 // runs of the others
	}{
		"refused at once":        {func(*Tx) error { return refusal }, 19},
		"refused after it wrote": {func(tx *Tx) error { return errors.Join(remember("half")(tx), refusal) }, 2 * 19},
		"refused after it looked": {func(tx *Tx) error {
			return errors.Join(tx.QueryRow(`SELECT COUNT(*) FROM store_key`).Scan(new(int)), refusal)
		}, 19},
		"a statement of it is none": {func(tx *Tx) error { _, err := tx.Exec(`SELECT nothing FROM nowhere`); return errors.Join(err, refusal) }, 2 * 19},
	} {
		t.Run(name, func(t *testing.T) {
			db := newDB(t)
			var runs atomic.Int64
			group(t, db, 20, func(i int) error {
				err := db.Write(t.Context(), func(tx *Tx) error {
					if i == 7 {
						return c.fails(tx)
					}
					runs.Add(1)
					return remember(fmt.Sprint(i))(tx)
				})
				if i == 7 && errors.Is(err, refusal) {
					return nil
				}
				return err
			})
			if kept := len(recall(t, db)); kept != 19 {
				t.Errorf("%d of 19 writes are kept", kept)
			}
			if runs.Load() > c.most {
				t.Errorf("19 writes ran %d times, want %d at most", runs.Load(), c.most)
			}
		})
	}
}

// group has n writes wait behind another, so that they share a commit.
func group(t *testing.T, db *DB, n int, write func(i int) error) {
	t.Helper()
	begun, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		first := sync.OnceFunc(func() { close(begun) })
		db.Write(t.Context(), func(*Tx) error { first(); <-release; return nil }) //nolint:errcheck // it does nothing
	})
	<-begun
	for i := range n {
		all.Go(func() {
			if err := write(i); err != nil {
				t.Errorf("write %d: %v", i, err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // lets them queue
	close(release)
	all.Wait()
}
