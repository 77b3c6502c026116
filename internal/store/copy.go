package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"time"
)

// ErrNotEmpty refuses to copy into a store that holds something.
var ErrNotEmpty = errors.New("the store is not empty")

// copyLimit is how long a whole store may take to copy.
const copyLimit = time.Hour

// TableSum is what a table holds: the number of its rows, and the SHA-256 of
// all of them in the order of their keys, equal for equal rows whatever the
// database.
type TableSum struct {
	Rows int    `json:"rows"`
	Hash string `json:"sha256"`
}

// Copied compares a table of the store copied from with the one copied to.
type Copied struct {
	Table string   `json:"table"`
	From  TableSum `json:"from"`
	To    TableSum `json:"to"`
}

// Same reports whether nothing was lost or changed.
func (c Copied) Same() bool { return c.From == c.To }

// Copy copies everything in one store, as of one moment, into an empty one: all
// of it in one transaction, or nothing. It then reads the copy back and returns
// the comparison of each table. It may be called while from is in use.
func Copy(ctx context.Context, from, to *DB) ([]Copied, error) {
	tables, err := schema(ctx)
	if err != nil {
		return nil, err
	}
	sums := make([]TableSum, len(tables))
	err = from.Read(ctx, func(source *Tx) error {
		return classify(to.writer.write(ctx, copyLimit, func(target *Tx) error {
			for i, t := range tables {
				if err := t.refuseRows(target, to.where); err != nil {
					return err
				}
				if sums[i], err = t.copyRows(source, target); err != nil {
					return fmt.Errorf("table %s: %w", t.name, err)
				}
			}
			return nil
		}))
	})
	if err != nil {
		return nil, fmt.Errorf("copy %s to %s: %w", from.where, to.where, err)
	}
	report := make([]Copied, len(tables))
	for i, t := range tables {
		found, err := to.sum(ctx, t)
		if err != nil {
			return nil, fmt.Errorf("read back table %s of %s: %w", t.name, to.where, err)
		}
		report[i] = Copied{Table: t.name, From: sums[i], To: found}
	}
	return report, nil
}

// refuseRows refuses a table that has rows.
func (t table) refuseRows(tx *Tx, where string) error {
	var n int
	if err := tx.QueryRow("SELECT COUNT(*) FROM " + t.name).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fmt.Errorf("%w: table %s of %s has %d rows; give a new file or an empty database", ErrNotEmpty, t.name, where, n)
	}
	return nil
}

// copyRows copies the rows of a table and sums them up as they were read.
func (t table) copyRows(source, target *Tx) (TableSum, error) {
	return t.each(source, func(values []any) error {
		_, err := target.Exec(t.insert(), values...)
		return err
	})
}

// sum sums up a table.
func (db *DB) sum(ctx context.Context, t table) (sum TableSum, err error) {
	err = db.Read(ctx, func(tx *Tx) error {
		sum, err = t.each(tx, func([]any) error { return nil })
		return err
	})
	return sum, err
}

// each calls visit with every row, in the order of the keys, and sums them up.
func (t table) each(tx *Tx, visit func(values []any) error) (TableSum, error) {
	dest, err := t.dest()
	if err != nil {
		return TableSum{}, err
	}
	values := make([]any, len(dest))
	digest, n := sha256.New(), 0
	err = tx.Each(func(rows *sql.Rows) error {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		n++
		for i, d := range dest {
			values[i] = plain(d)
			add(digest, values[i])
		}
		return visit(values)
	}, t.rows())
	return TableSum{Rows: n, Hash: hex.EncodeToString(digest.Sum(nil))}, err
}

// plain is the value scanned into a place made by dest: nil, int64, string or
// []byte. No bytes column is without a value, and SQLite's driver reads empty
// bytes as nil.
func plain(dest any) any {
	switch d := dest.(type) {
	case *sql.NullString:
		if d.Valid {
			return d.String
		}
	case *sql.NullInt64:
		if d.Valid {
			return d.Int64
		}
	case *[]byte:
		return append([]byte{}, *d...)
	}
	return nil
}

// add adds a value to a digest, with its type and length before it so that no
// two rows read the same.
func add(digest hash.Hash, value any) {
	part := func(kind byte, b []byte) {
		digest.Write([]byte{kind})
		digest.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		digest.Write(b)
	}
	switch v := value.(type) {
	case nil:
		part('n', nil)
	case int64:
		part('i', binary.BigEndian.AppendUint64(nil, uint64(v)))
	case string:
		part('t', []byte(v))
	case []byte:
		part('b', v)
	}
}
