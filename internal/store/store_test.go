package store

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"barometer/internal/store/storetest/pgserver"
)

var update = flag.Bool("update", false, "rewrite schema.sql")

func newDB(t testing.TB) *DB {
	t.Helper()
	db, err := openSQLite(context.Background(), filepath.Join(t.TempDir(), "odd name ?#%.db"), 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// eachPlace runs a test at an empty place of every kind.
func eachPlace(t *testing.T, test func(t *testing.T, where string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "odd name ?#%.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, pgserver.Place(t)) })
}

// each runs a test on an empty store of every kind.
func each(t *testing.T, test func(t *testing.T, db *DB)) {
	eachPlace(t, func(t *testing.T, where string) { test(t, openAt(t, where)) })
}

func openAt(t testing.TB, where string) *DB {
	t.Helper()
	db, err := Open(context.Background(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// remember writes a name through the store; recall lists them.
func remember(name string) func(*Tx) error {
	return func(tx *Tx) error {
		_, err := tx.Exec(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, name, []byte(name))
		return err
	}
}

func recall(t *testing.T, db *DB) []string {
	t.Helper()
	names, err := db.Keys(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestSchemaSnapshot(t *testing.T) {
	db := newDB(t)
	var b strings.Builder
	b.WriteString("-- The schema after all migrations. Made by go test ./internal/store -update.\n")
	err := db.Read(t.Context(), func(tx *Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var text string
			err := rows.Scan(&text)
			fmt.Fprintf(&b, "\n%s;\n", text)
			return err
		}, `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.sql", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("schema.sql is not what the migrations make; run go test ./internal/store -update and read the difference")
	}
}

// NULL is equal to nothing, itself included, so that a key which may be NULL keeps
// no duplicate out; and SQLite takes one in primary keys. No statement writes any,
// and no other column would take it.
func TestNULLIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		for _, absent := range []any{nil, []byte(nil)} {
			err := db.Write(t.Context(), func(tx *Tx) error {
				_, err := tx.Exec(`INSERT INTO store_key (name, digest) VALUES (?, ?)`, absent, []byte("x"))
				return err
			})
			if !errors.Is(err, ErrNull) {
				t.Errorf("a key that is %#v: %v", absent, err)
			}
		}
		if got := recall(t, db); len(got) > 0 {
			t.Errorf("keys %v", got)
		}
	})
	const nullable = `SELECT t.name || '.' || c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND c."notnull" = 0 AND c.pk = 0`
	err := newDB(t).Read(t.Context(), func(tx *Tx) error {
		return tx.Each(func(rows *sql.Rows) error {
			var column string
			err := rows.Scan(&column)
			t.Errorf("%s may be NULL", column)
			return err
		}, nullable)
	})
	if err != nil {
		t.Error(err)
	}
}

// A failing write must not take its neighbours of the same transaction along.
func TestFailingWriteFailsAlone(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		refusal := errors.New("refused")
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				err := db.Write(t.Context(), func(tx *Tx) error {
					if err := remember(fmt.Sprintf("k%03d", i))(tx); err != nil {
						return err
					}
					switch {
					case i%10 == 3:
						return refusal
					case i%10 == 7:
						return remember(fmt.Sprintf("k%03d", i))(tx) // breaks the primary key
					}
					return nil
				})
				if failed := i%10 == 3 || i%10 == 7; failed != (err != nil) {
					t.Errorf("write %d: %v", i, err)
				}
				if i%10 == 3 && !errors.Is(err, refusal) {
					t.Errorf("write %d: %v, want its own error", i, err)
				}
			})
		}
		wg.Wait()
		names := recall(t, db)
		if len(names) != 80 {
			t.Errorf("%d of 80 writes are kept", len(names))
		}
		for _, n := range names {
			if strings.HasSuffix(n, "3") || strings.HasSuffix(n, "7") {
				t.Errorf("%s is kept though its write failed", n)
			}
		}
	})
}

// Grouping is what makes saves cheap: while one commit is under way, those
// that wait share the next. A write that sees rows no reader can see yet
// stands in the transaction of the writes that made them.
func TestWaitingWritesShareACommit(t *testing.T) {
	db := newDB(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		db.Write(context.Background(), func(tx *Tx) error {
			close(begun)
			<-release
			return nil
		})
	})
	<-begun
	largest := 0 // written by the commit loop alone
	for i := range 20 {
		wg.Go(func() {
			err := db.Write(context.Background(), func(tx *Tx) error {
				if err := remember(fmt.Sprint(i))(tx); err != nil {
					return err
				}
				var n int
				err := tx.QueryRow(`SELECT COUNT(*) FROM store_key`).Scan(&n)
				largest = max(largest, n-len(recall(t, db)))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // lets them queue
	close(release)
	wg.Wait()
	if n := len(recall(t, db)); n != 20 {
		t.Errorf("%d of 20 writes kept", n)
	}
	if largest < 10 {
		t.Errorf("at most %d of 20 waiting writes shared a commit", largest)
	}
}

func TestPanicReachesItsCaller(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		func() {
			defer func() {
				if r := recover(); r != "boom" {
					t.Errorf("recovered %v, want boom", r)
				}
			}()
			db.Write(t.Context(), func(tx *Tx) error {
				remember("half")(tx)
				panic("boom")
			})
		}()
		if err := db.Write(t.Context(), remember("after")); err != nil {
			t.Fatalf("write after a panic: %v", err)
		}
		if names := recall(t, db); len(names) != 1 || names[0] != "after" {
			t.Errorf("kept %v, want the write after the panic alone", names)
		}
	})
}

func TestCancelledWrite(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		if err := db.Write(cancelled, remember("never")); !errors.Is(err, context.Canceled) {
			t.Errorf("write with a cancelled context: %v", err)
		}
		running, cancel := context.WithCancel(t.Context())
		err := db.Write(running, func(tx *Tx) error {
			cancel() // the browser goes away in the midst of the save
			return remember("kept")(tx)
		})
		if err != nil {
			t.Errorf("a write under way was cancelled: %v", err)
		}
		if names := recall(t, db); len(names) != 1 || names[0] != "kept" {
			t.Errorf("kept %v, want what was acknowledged and no more", names)
		}
	})
}

func TestReadSeesOneSnapshot(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		count := func(tx *Tx) (n int) {
			if err := tx.QueryRow(`SELECT COUNT(*) FROM store_key`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		err := db.Read(t.Context(), func(tx *Tx) error {
			before := count(tx)
			if err := db.Write(t.Context(), remember("between")); err != nil {
				return err
			}
			if after := count(tx); after != before {
				t.Errorf("the snapshot went from %d to %d rows", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestReadCannotWrite(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		if err := db.Read(t.Context(), remember("sneaked in")); err == nil {
			t.Error("a closure of Read wrote")
		}
	})
}

func TestUnavailable(t *testing.T) {
	for name, break_ := range map[string]func(*testing.T, *DB){
		"disk full": func(t *testing.T, db *DB) {
			exec(t, db, `PRAGMA max_page_count = 1`)
		},
		"read-only": func(t *testing.T, db *DB) {
			exec(t, db, `PRAGMA query_only = 1`)
		},
		"locked by another process": func(t *testing.T, db *DB) {
			other, err := sql.Open("sqlite", dsn(db.where, 0, false))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { other.Close() })
			if _, err := other.Exec(`BEGIN IMMEDIATE`); err != nil {
				t.Fatal(err)
			}
		},
		"closed": func(t *testing.T, db *DB) { db.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			db := newDB(t)
			break_(t, db)
			fill := strings.Repeat("x", 1<<20) // more than fits the pages there are
			if err := db.Write(t.Context(), remember(fill)); !errors.Is(err, ErrUnavailable) {
				t.Errorf("write: %v, want ErrUnavailable", err)
			}
			if name == "disk full" {
				return // a beat still fits where a megabyte does not
			}
			if err := db.Health(t.Context()); !errors.Is(err, ErrUnavailable) {
				t.Errorf("health: %v, want ErrUnavailable", err)
			}
		})
	}
}

// A full disk undoes the whole transaction in SQLite; the store must work on
// once there is room.
func TestRecoversFromFullDisk(t *testing.T) {
	db := newDB(t)
	exec(t, db, `PRAGMA max_page_count = 1`)
	fill := strings.Repeat("x", 1<<20)
	if err := db.Write(t.Context(), remember(fill)); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("write: %v", err)
	}
	exec(t, db, `PRAGMA max_page_count = 1000000`)
	if err := db.Write(t.Context(), remember(fill)); err != nil {
		t.Errorf("write with room again: %v", err)
	}
	if err := db.Health(t.Context()); err != nil {
		t.Error(err)
	}
}

// A commit can fail with the transaction still open, as where a constraint is
// put off to the end. The writes are refused, and the next one works.
func TestRecoversFromFailedCommit(t *testing.T) {
	db := newDB(t)
	exec(t, db, `CREATE TABLE child (parent TEXT REFERENCES store_key (name) DEFERRABLE INITIALLY DEFERRED)`)
	err := db.Write(t.Context(), func(tx *Tx) error {
		_, err := tx.Exec(`INSERT INTO child VALUES ('nobody')`)
		return err
	})
	if err == nil {
		t.Error("a write whose commit failed was acknowledged")
	}
	if err := db.Write(t.Context(), remember("after")); err != nil {
		t.Errorf("the next write: %v", err)
	}
}

func exec(t *testing.T, db *DB, statement string) {
	t.Helper()
	if err := db.writer.(*groups).on.command(statement); err != nil {
		t.Fatal(err)
	}
}

func TestCheckKey(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		for range 2 {
			if err := db.CheckKey(ctx, "answers/a", []byte("right")); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.CheckKey(ctx, "answers/a", []byte("wrong")); !errors.Is(err, ErrWrongKey) {
			t.Errorf("another key: %v", err)
		}
		if err := db.CheckKey(ctx, "other", []byte("wrong")); err != nil {
			t.Errorf("a key of another name: %v", err)
		}
		if names, err := db.Keys(ctx, "answers/"); err != nil || len(names) != 1 || names[0] != "answers/a" {
			t.Errorf("Keys = %v, %v", names, err)
		}
	})
}

func TestMigrate(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		conn, err := db.pools[len(db.pools)-1].Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		run := func(steps []migration) error { return migrate(ctx, conn, db.speaks, steps) }
		steps := migrations()
		if err := run(steps); err != nil {
			t.Errorf("second run: %v", err)
		}
		more := append(steps[:len(steps):len(steps)], migration{"9998_good_create", "CREATE TABLE good (id INTEGER)"})
		broken := append(more[:len(more):len(more)], migration{"9999_bad_create", "CREATE TABLE bad (id INTEGER); CREATE TABLE good (id INTEGER)"})
		if err := run(broken); err == nil || !strings.Contains(err.Error(), "9999_bad_create") {
			t.Errorf("broken step: %v, want its name", err)
		}
		if _, err := conn.ExecContext(ctx, `INSERT INTO good VALUES (1)`); err != nil {
			t.Errorf("the step before the broken one is undone: %v", err)
		}
		if _, err := conn.ExecContext(ctx, `INSERT INTO bad VALUES (1)`); err == nil {
			t.Error("half of the broken step is kept")
		}
		if err := run(steps); err == nil || !strings.Contains(err.Error(), "newer program") {
			t.Errorf("a store of a newer program: %v", err)
		}
		changed := append([]migration{{steps[0].name, steps[0].sql + " "}}, more[1:]...)
		if err := run(changed); err == nil || !strings.Contains(err.Error(), steps[0].name) {
			t.Errorf("a changed step: %v", err)
		}
	})
}

func TestMigrationNames(t *testing.T) {
	for _, m := range migrations() {
		if !migrationName.MatchString(m.name + ".sql") {
			t.Errorf("migration %s is not named NNNN_noun_verb", m.name)
		}
	}
}

// Programs that start at once on an empty store take turns.
func TestOpenedAtOnce(t *testing.T) {
	eachPlace(t, func(t *testing.T, where string) {
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				db, err := Open(t.Context(), where)
				if err != nil {
					t.Error(err)
					return
				}
				db.Close()
			})
		}
		wg.Wait()
	})
}

func TestBind(t *testing.T) {
	const q = `UPDATE t SET a = ?, b = 'what?' WHERE c = ?`
	if got := sqliteSQL.bind(q); got != q {
		t.Errorf("SQLite: %s", got)
	}
	if got := postgresSQL.bind(q); got != `UPDATE t SET a = $1, b = 'what?' WHERE c = $2` {
		t.Errorf("PostgreSQL: %s", got)
	}
}

func TestMillis(t *testing.T) {
	at := time.Date(2026, 3, 29, 2, 30, 0, 123_000_000, time.UTC)
	if got := FromMillis(Millis(at)); !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("%v comes back as %v", at, got)
	}
	if !FromMillis(0).IsZero() {
		t.Error("0 is not the zero time")
	}
}
