package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fill writes rows into every table, with values that databases are known to
// order, fold or cut differently.
func fill(t *testing.T, db *DB) {
	t.Helper()
	tables, err := schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"", "a", "B", "å", "Aa", "ø ", "z'?", "\u1F3BB", "🙂", "a\nb"}
	err = db.Write(t.Context(), func(tx *Tx) error {
		for _, table := range tables {
			for i, w := range words {
				row := make([]any, len(table.columns))
				for c, column := range table.columns {
					switch column.kind {
					case "TEXT":
						row[c] = fmt.Sprint(w, i)
					case "BYTEA":
						row[c] = append([]byte{0, 0xff, byte(i)}, w...)
						if i == 3 {
							row[c] = []byte{} // which SQLite's driver reads as nil
						}
					case "BIGINT":
						row[c] = int64(i + 1)
						if strings.HasSuffix(column.name, "_ms") {
							row[c] = int64(1)<<62 + int64(i)
						}
					default:
						row[c] = int64(i + 1)
					}
				}
				if _, err := tx.Exec(table.insert(), row...); err != nil {
					return fmt.Errorf("%s: %w", table.name, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func expectSame(t *testing.T, report []Copied) {
	t.Helper()
	if len(report) < 15 {
		t.Errorf("%d tables compared", len(report))
	}
	for _, c := range report {
		if !c.Same() || c.From.Rows != 10 {
			t.Errorf("%s: %+v", c.Table, c)
		}
	}
}

func TestCopy(t *testing.T) {
	eachPlace(t, func(t *testing.T, from string) {
		source := openAt(t, from)
		fill(t, source)
		eachPlace(t, func(t *testing.T, to string) {
			target := openAt(t, to)
			report, err := Copy(t.Context(), source, target)
			if err != nil {
				t.Fatal(err)
			}
			expectSame(t, report)
			if _, err := Copy(t.Context(), source, target); !errors.Is(err, ErrNotEmpty) {
				t.Errorf("a copy onto a store in use: %v", err)
			}
		})
	})
}

// A copy is all or nothing.
func TestCopyLeavesNothingHalf(t *testing.T) {
	each(t, func(t *testing.T, target *DB) {
		source := newDB(t)
		fill(t, source)
		err := target.Write(t.Context(), func(tx *Tx) error { // the last table in the order of the copy
			_, err := tx.Exec(`INSERT INTO store_key (name, digest) VALUES ('a', ?)`, []byte("a"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Copy(t.Context(), source, target); !errors.Is(err, ErrNotEmpty) || !strings.Contains(err.Error(), "store_key") {
			t.Fatalf("copy: %v", err)
		}
		var n int
		err = target.Read(t.Context(), func(tx *Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM account_person`).Scan(&n) })
		if err != nil || n != 0 {
			t.Errorf("%d rows were left by a copy that was refused, %v", n, err)
		}
	})
}

// A changed byte anywhere must show in the comparison.
func TestSumShowsAChange(t *testing.T) {
	each(t, func(t *testing.T, db *DB) {
		fill(t, db)
		tables, err := schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			if table.name != "audit_event" {
				continue
			}
			before, err := db.sum(t.Context(), table)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Write(t.Context(), func(tx *Tx) error {
				_, err := tx.Exec(`UPDATE audit_event SET actor = object, object = actor || ' ' WHERE position = 3`)
				return err
			})
			after, errAfter := db.sum(t.Context(), table)
			if err := errors.Join(err, errAfter); err != nil || after == before || after.Rows != before.Rows {
				t.Errorf("%+v after a change of %+v, %v", after, before, err)
			}
		}
	})
}

func TestBackupAndRestore(t *testing.T) {
	eachPlace(t, func(t *testing.T, from string) {
		source := openAt(t, from)
		fill(t, source)
		file := filepath.Join(t.TempDir(), "backup")
		report, err := Backup(t.Context(), source, file)
		if err != nil {
			t.Fatal(err)
		}
		expectSame(t, report)
		if _, err := Backup(t.Context(), source, file); !errors.Is(err, os.ErrExist) {
			t.Errorf("a backup over another: %v", err)
		}
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		eachPlace(t, func(t *testing.T, to string) {
			report, err := Restore(t.Context(), file, openAt(t, to))
			if err != nil {
				t.Fatal(err)
			}
			expectSame(t, report)
		})
		if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
			t.Errorf("restoring changed the backup, %v", err)
		}
	})
}
