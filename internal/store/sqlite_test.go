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

func TestUnavailable(t *testing.T) {
	for name, break_ := range map[string]func(*testing.T, *DB){
		"disk full": func(t *testing.T, db *DB) {
			exec(t, db, `PRAGMA max_page_count = 1`)
		},
		"read-only": func(t *testing.T, db *DB) {
			exec(t, db, `PRAGMA query_only = 1`)
		},
		"locked by another process": func(t *testing.T, db *DB) {
			other, err := sql.Open("sqlite", sqliteDSN(db.name, 0, false))
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
	if err := db.writes.(*committer).session.command(statement); err != nil {
		t.Fatal(err)
	}
}

func TestMigrate(t *testing.T) {
	db := newDB(t)
	steps := migrations()
	for _, m := range steps {
		if !migrationName.MatchString(m.name + ".sql") {
			t.Errorf("migration %s is not named NNNN_noun_verb", m.name)
		}
	}
	ctx := t.Context()
	if err := migrate(ctx, db.writes.(*committer).session.conn, sqliteSQL, steps); err != nil {
		t.Errorf("second run: %v", err)
	}
	more := append(steps[:len(steps):len(steps)], migration{"9998_good_create", "CREATE TABLE good (id INTEGER)"})
	broken := append(more[:len(more):len(more)], migration{"9999_bad_create", "CREATE TABLE bad (id INTEGER); CREATE TABLE good (id INTEGER)"})
	if err := migrate(ctx, db.writes.(*committer).session.conn, sqliteSQL, broken); err == nil || !strings.Contains(err.Error(), "9999_bad_create") {
		t.Errorf("broken step: %v, want its name", err)
	}
	if err := db.writes.(*committer).session.command(`INSERT INTO good VALUES (1)`); err != nil {
		t.Errorf("the step before the broken one is undone: %v", err)
	}
	if err := db.writes.(*committer).session.command(`INSERT INTO bad VALUES (1)`); err == nil {
		t.Error("half of the broken step is kept")
	}
	if err := migrate(ctx, db.writes.(*committer).session.conn, sqliteSQL, steps); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("a store of a newer program: %v", err)
	}
	changed := append([]migration{{steps[0].name, steps[0].sql + " "}}, more[1:]...)
	if err := migrate(ctx, db.writes.(*committer).session.conn, sqliteSQL, changed); err == nil || !strings.Contains(err.Error(), steps[0].name) {
		t.Errorf("a changed step: %v", err)
	}
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
