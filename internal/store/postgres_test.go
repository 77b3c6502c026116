package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"barometer/internal/store/storetest/pgserver"
)

// Two programs that each read and then write what they read must not both win.
func TestWritesAreSerialisable(t *testing.T) {
	eachPlace(t, func(t *testing.T, where string) {
		const rounds = 25
		programs := []*DB{openAt(t, where), openAt(t, where)}
		count := func(tx *Tx) (n int, err error) {
			err = tx.QueryRow(`SELECT COUNT(*) FROM store_key`).Scan(&n)
			return n, err
		}
		var wg sync.WaitGroup
		for _, db := range append(programs, programs...) {
			wg.Go(func() {
				for range rounds {
					err := db.Write(context.Background(), func(tx *Tx) error {
						n, err := count(tx)
						if err != nil {
							return err
						}
						return remember(fmt.Sprintf("%04d", n))(tx) // a duplicate, had another counted the same
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n := len(recall(t, programs[0])); n != 4*rounds {
			t.Errorf("%d of %d writes are kept", n, 4*rounds)
		}
	})
}

func TestFaultsAreToldApart(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		do := func(query string, args ...any) error {
			return db.Write(t.Context(), func(tx *Tx) error {
				tx.Exec(query, args...) //nolint:errcheck // the write must fail though the closure says nothing
				return nil
			})
		}
		if err := do(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, "a", []byte("a")); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			err  error
			want error
		}{
			"duplicate": {do(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, "a", []byte("b")), ErrDuplicate},
			"reference": {do(`INSERT INTO account_name (person, name) VALUES (?, ?)`, 7, "A"), ErrReference},
			"NUL":       {do(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, "a\x00", []byte("b")), ErrText},
			"no UTF-8":  {do(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, "a\xff", []byte("b")), ErrText},
		} {
			if !errors.Is(c.err, c.want) || errors.Is(c.err, ErrUnavailable) {
				t.Errorf("%s: %v", name, c.err)
			}
		}
	})
}

// Text is ordered by its bytes, whatever the language of the server.
func TestOrderOfText(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		want := []string{"A", "Z", "a", "aa", "z", "Å", "å"}
		for _, n := range []string{"å", "z", "A", "aa", "Z", "Å", "a"} {
			if err := db.Write(t.Context(), remember(n)); err != nil {
				t.Fatal(err)
			}
		}
		if got := recall(t, db); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// A database that restarts, or crashes, while requests run: what was
// acknowledged is kept, what was not is refused as unavailable, and the store
// serves again by itself.
func TestDatabaseRestartsUnderLoad(t *testing.T) {
	server := pgserver.Start(t)
	db := openAt(t, server.Schema(t))
	if doubts, err := db.Doubts(t.Context()); err != nil || len(doubts) > 0 {
		t.Errorf("doubts %q, %v", doubts, err)
	}
	var mu sync.Mutex
	acknowledged, refused := map[string]bool{}, 0
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				name := fmt.Sprintf("%d-%d", w, i)
				err := db.Write(context.Background(), remember(name))
				mu.Lock()
				switch {
				case err == nil:
					acknowledged[name] = true
				case errors.Is(err, ErrUnavailable):
					refused++
				default:
					t.Errorf("write: %v", err)
				}
				mu.Unlock()
				if err != nil {
					time.Sleep(5 * time.Millisecond)
				}
			}
		})
	}
	for _, fall := range []func(testing.TB){server.Restart, server.Crash} {
		if err := readAtOnce(db, 2*postgresSessions); err != nil {
			t.Error(err)
		}
		time.Sleep(200 * time.Millisecond)
		fall(t)
		back := time.Now()
		for db.Health(t.Context()) != nil {
			if time.Since(back) > 5*time.Second {
				t.Fatal("the store does not come back")
			}
			time.Sleep(10 * time.Millisecond)
		}
		if err := readAtOnce(db, 2*postgresSessions); err != nil {
			t.Errorf("a read on a connection from before: %v", err)
		}
	}
	time.Sleep(100 * time.Millisecond)
	close(stop)
	wg.Wait()
	kept := map[string]bool{}
	for _, n := range recall(t, db) {
		kept[n] = true
	}
	for n := range acknowledged {
		if !kept[n] {
			t.Errorf("write %s was acknowledged and is lost", n)
		}
	}
	if refused == 0 || len(acknowledged) == 0 {
		t.Errorf("%d writes acknowledged, %d refused: the restarts hit none", len(acknowledged), refused)
	}
	t.Logf("%d writes acknowledged, %d refused, none lost", len(acknowledged), refused)
}

// readAtOnce reads so often at once that every kept connection is used.
func readAtOnce(db *DB, n int) error {
	var group errgroup.Group
	for range n {
		group.Go(func() error {
			var keys int
			return db.ReadOne(context.Background(), func(tx *Tx) error { return tx.QueryRow(`SELECT count(*) FROM store_key`).Scan(&keys) })
		})
	}
	return group.Wait()
}

func TestPasswordIsNeverShown(t *testing.T) {
	for _, where := range []string{
		"postgres://eva:hemmelig@127.0.0.1:1/b",
		"postgres://127.0.0.1:1/b?user=eva&password=hemmelig",
		"postgres://eva:hemmelig@[::1/b",
		"postgresql://eva:hemmelig%zz@127.0.0.1:1/b",
	} {
		db, err := Open(t.Context(), where)
		if err == nil {
			db.Close()
			t.Fatal("opened")
		}
		if strings.Contains(err.Error(), "hemmelig") {
			t.Errorf("%v", err)
		}
		if !HasPassword(where) {
			t.Errorf("%s: no password seen", where)
		}
	}
	if HasPassword("postgres://eva@127.0.0.1/b?passfile=/etc/b") || HasPassword("a:b@c") {
		t.Error("a password is seen where there is none")
	}
}
