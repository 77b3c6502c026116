package unlink

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"barometer/internal/store"
)

// unitTables are the tables with rows about single units of a wave, whichever
// package they belong to: one that is added later is not forgotten.
func unitTables(ctx context.Context) ([]store.Table, error) {
	return store.TablesWith(ctx, "wave", "unit")
}

// destroyRows removes every row about a unit of the wave and returns how many by
// table, and marks by which copies of them can be found in a file.
func destroyRows(ctx context.Context, db *store.DB, wave string) (removed map[string]int, marks *needles, err error) {
	tables, err := unitTables(ctx)
	if err != nil {
		return nil, nil, err
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		removed, marks = map[string]int{}, newNeedles()
		for _, t := range tables {
			if err := mark(tx, t, wave, marks); err != nil {
				return err
			}
			n, err := tx.Exec("DELETE FROM "+t.Name+" WHERE wave = ?", wave)
			if err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
			if n > 0 {
				removed[t.Name] = int(n)
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("remove the rows of wave %s: %w", wave, err)
	}
	names := make([]string, len(tables))
	for i, t := range tables {
		names[i] = t.Name
	}
	return removed, marks, db.Scrub(ctx, names...)
}

// mark adds the byte strings of the wave's rows: digests and what is sealed,
// which stand nowhere else.
func mark(tx *store.Tx, t store.Table, wave string, marks *needles) error {
	var columns []string
	for _, c := range t.Columns {
		if c.Kind == "BYTEA" {
			columns = append(columns, c.Name)
		}
	}
	if len(columns) == 0 {
		return nil
	}
	values := make([][]byte, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	return tx.Each(func(rows *sql.Rows) error {
		err := rows.Scan(into...)
		for _, v := range values {
			marks.add(v[:min(len(v), 24)])
		}
		return err
	}, "SELECT "+strings.Join(columns, ", ")+" FROM "+t.Name+" WHERE wave = ?", wave)
}

// rowsLeft names the tables that still have rows about units of the wave.
func rowsLeft(ctx context.Context, db *store.DB, wave string) (found []string, err error) {
	tables, err := unitTables(ctx)
	if err != nil {
		return nil, err
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		found = nil
		for _, t := range tables {
			var n int
			if err := tx.QueryRow("SELECT COUNT(*) FROM "+t.Name+" WHERE wave = ?", wave).Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				found = append(found, fmt.Sprintf("%d rows of %s", n, t.Name))
			}
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}
