package seal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"barometer/internal/store"
)

// Table is a table with the columns key_id and sealed.
type Table struct {
	Name string
	Key  []string // columns that tell its rows apart and that Bind needs
	// Bind returns what the row with these values of Key is bound to under a key.
	Bind func(key []any, id string) (purpose string, place []byte)
}

// batch is how many rows one transaction seals anew, so that others write in
// between.
const batch = 200

// Report is what sealing anew came to.
type Report struct {
	Rows     int      // sealed anew
	Tampered []string // rows that do not open, by table and key: they stay as they are
}

// Reseal seals everything in the tables anew that is sealed with another key
// than the one that seals. The store may be in use meanwhile. Interrupted, it
// goes on where it stopped. A row that does not open is reported and passed over;
// each is told the number of rows done so far and may be nil.
func (r Ring) Reseal(ctx context.Context, db *store.DB, tables []Table, each func(done int)) (Report, error) {
	var report Report
	for _, t := range tables {
		for last := []any(nil); ; {
			n, tampered, next := 0, []string(nil), []any(nil)
			err := db.Write(ctx, func(tx *store.Tx) (err error) {
				rows, err := r.old(tx, t, last)
				if err != nil {
					return err
				}
				next = nil
				if len(rows) > 0 {
					next = rows[len(rows)-1].key
				}
				n, tampered, err = r.resealAll(tx, t, rows)
				return err
			})
			if err != nil {
				return report, fmt.Errorf("seal %s anew: %w", t.Name, err)
			}
			last = next // not before: a write may run twice
			report.Rows += n
			report.Tampered = append(report.Tampered, tampered...)
			if each != nil {
				each(report.Rows)
			}
			if last == nil {
				break
			}
		}
	}
	return report, nil
}

type sealedRow struct {
	key    []any
	id     string
	sealed []byte
}

// old reads the next rows after one that are sealed with another key.
func (r Ring) old(tx *store.Tx, t Table, after []any) (rows []sealedRow, err error) {
	id, err := r.Sealing(tx)
	if err != nil {
		return nil, err
	}
	columns := strings.Join(t.Key, ", ")
	where, args := "", []any{id}
	if after != nil {
		where = " AND (" + columns + ") > (" + strings.Repeat(", ?", len(after))[2:] + ")"
		args = append(args, after...)
	}
	q := "SELECT " + columns + ", key_id, sealed FROM " + t.Name + " WHERE key_id <> ?" + where + " ORDER BY " + columns + " LIMIT ?"
	err = tx.Each(func(found *sql.Rows) error {
		row := sealedRow{key: make([]any, len(t.Key))}
		into := []any{&row.id, &row.sealed}
		for i := range row.key {
			into = slices.Insert(into, i, any(&row.key[i]))
		}
		err := found.Scan(into...)
		rows = append(rows, row)
		return err
	}, q, append(args, batch)...)
	return rows, err
}

func (r Ring) resealAll(tx *store.Tx, t Table, rows []sealedRow) (n int, tampered []string, err error) {
	id, err := r.Sealing(tx)
	if err != nil {
		return 0, nil, err
	}
	update := "UPDATE " + t.Name + " SET key_id = ?, sealed = ? WHERE " + strings.Join(t.Key, " = ? AND ") + " = ?"
	for _, row := range rows {
		sealed, err := r.again(t, row, id)
		if errors.Is(err, ErrTampered) {
			tampered = append(tampered, fmt.Sprintf("%s %v", t.Name, row.key))
			continue
		}
		if err != nil {
			return 0, nil, err
		}
		if _, err := tx.Exec(update, append([]any{id, sealed}, row.key...)...); err != nil {
			return 0, nil, err
		}
		n++
	}
	return n, tampered, nil
}

// again seals the value of a row under another key.
func (r Ring) again(t Table, row sealedRow, id string) ([]byte, error) {
	purpose, place := t.Bind(row.key, row.id)
	plain, err := r.Open(row.id, purpose, place, row.sealed)
	if err != nil {
		return nil, err
	}
	purpose, place = t.Bind(row.key, id)
	return r.Seal(id, purpose, place, plain)
}

// Uses counts the rows of the tables that are sealed with each key.
func Uses(tx *store.Tx, tables []Table) (map[string]int, error) {
	uses := map[string]int{}
	for _, t := range tables {
		err := tx.Each(func(rows *sql.Rows) error {
			var id string
			var n int
			err := rows.Scan(&id, &n)
			uses[id] += n
			return err
		}, "SELECT key_id, COUNT(*) FROM "+t.Name+" GROUP BY key_id")
		if err != nil {
			return nil, err
		}
	}
	return uses, nil
}

// ErrInUse refuses to retire a key that something needs.
var ErrInUse = errors.New("the key is still needed")

// Retire has the store forget a key that nothing is sealed with. From then on
// none of its servers can seal with it, and the key may be destroyed.
func (r Ring) Retire(tx *store.Tx, tables []Table, id string) error {
	sealing, err := r.Sealing(tx)
	if err != nil {
		return err
	}
	uses, err := Uses(tx, tables)
	switch {
	case err != nil:
		return err
	case id == sealing:
		return fmt.Errorf("%s key %s: %w: it seals what is written", r.name, id, ErrInUse)
	case uses[id] > 0:
		return fmt.Errorf("%s key %s: %w: %d rows are sealed with it", r.name, id, ErrInUse, uses[id])
	}
	n, err := tx.Exec(`DELETE FROM store_key WHERE name = ?`, r.name+"/"+id)
	if err == nil && n == 0 {
		err = fmt.Errorf("%s key %s: the store knows no such key", r.name, id)
	}
	return err
}
