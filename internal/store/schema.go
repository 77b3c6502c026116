package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// table is a table as the migrations make it.
type table struct {
	name    string
	columns []column
	key     []string // columns of the primary key, in its order
	parents []string // tables its rows refer to
}

type column struct{ name, kind string }

// Column is a column of a [Table].
type Column struct {
	Name string
	Kind string // TEXT, INTEGER, BIGINT or BYTEA
}

// Table is a table of the store, as the migrations make it.
type Table struct {
	Name    string
	Columns []Column
}

// TablesWith lists the tables that have all the columns named, those that refer
// to others before them, so that rows may be removed in this order.
func TablesWith(ctx context.Context, columns ...string) ([]Table, error) {
	all, err := schema(ctx)
	if err != nil {
		return nil, err
	}
	var list []Table
	for _, t := range slices.Backward(all) {
		public := Table{Name: t.name}
		for _, c := range t.columns {
			public.Columns = append(public.Columns, Column{c.name, c.kind})
		}
		if !slices.ContainsFunc(columns, func(name string) bool { return !public.has(name) }) {
			list = append(list, public)
		}
	}
	return list, nil
}

func (t Table) has(column string) bool {
	return slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Name == column })
}

// local are the tables that tell of one store alone and are never copied.
var local = []string{"store_heartbeat", "store_migration"}

// schema describes the tables, those that others refer to before them. It asks
// an empty store in memory, so that there is one description for all kinds.
func schema(ctx context.Context) ([]table, error) {
	pool, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	on, err := newSession(ctx, pool, sqliteSQL)
	if err != nil {
		return nil, err
	}
	defer on.close() //nolint:errcheck // it is gone with the pool
	if err := migrate(ctx, on.conn, sqliteSQL, migrations()); err != nil {
		return nil, err
	}
	tables, err := describe(&Tx{ctx: ctx, on: on})
	if err != nil {
		return nil, err
	}
	return sortByReference(tables)
}

func describe(tx *Tx) ([]table, error) {
	var tables []table
	err := tx.Each(func(rows *sql.Rows) error {
		var t table
		err := rows.Scan(&t.name)
		if !slices.Contains(local, t.name) {
			tables = append(tables, t)
		}
		return err
	}, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`)
	for i := range tables {
		err = errors.Join(err, tables[i].describe(tx))
	}
	return tables, err
}

func (t *table) describe(tx *Tx) error {
	byPosition := map[int]string{}
	err := tx.Each(func(rows *sql.Rows) error {
		var c column
		var inKey int
		err := rows.Scan(&c.name, &c.kind, &inKey)
		if t.columns = append(t.columns, c); inKey > 0 {
			byPosition[inKey] = c.name
		}
		return err
	}, `SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid`, t.name)
	for i := range len(byPosition) {
		t.key = append(t.key, byPosition[i+1])
	}
	if err == nil && len(t.key) == 0 {
		err = fmt.Errorf("table %s has no primary key", t.name)
	}
	return errors.Join(err, tx.Each(func(rows *sql.Rows) error {
		var parent string
		err := rows.Scan(&parent)
		t.parents = append(t.parents, parent)
		return err
	}, `SELECT "table" FROM pragma_foreign_key_list(?) ORDER BY id`, t.name))
}

// sortByReference puts tables that rows refer to before those of the rows.
func sortByReference(tables []table) ([]table, error) {
	var sorted []table
	placed := map[string]bool{}
	for len(sorted) < len(tables) {
		before := len(sorted)
		for _, t := range tables {
			ready := !slices.ContainsFunc(t.parents, func(p string) bool { return !placed[p] && p != t.name })
			if !placed[t.name] && ready {
				placed[t.name] = true
				sorted = append(sorted, t)
			}
		}
		if len(sorted) == before {
			return nil, errors.New("tables refer to one another in a ring")
		}
	}
	return sorted, nil
}

// list is the columns as SQL names them.
func (t table) list() string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}

// rows is the query for all rows in the order of their keys.
func (t table) rows() string {
	return "SELECT " + t.list() + " FROM " + t.name + " ORDER BY " + strings.Join(t.key, ", ")
}

// insert is the statement that adds a row.
func (t table) insert() string {
	marks := strings.Repeat(", ?", len(t.columns))[2:]
	return "INSERT INTO " + t.name + " (" + t.list() + ") VALUES (" + marks + ")"
}

// dest makes a place for each column of a row, by its declared type.
func (t table) dest() ([]any, error) {
	dest := make([]any, len(t.columns))
	for i, c := range t.columns {
		switch c.kind {
		case "TEXT":
			dest[i] = new(sql.NullString)
		case "INTEGER", "BIGINT":
			dest[i] = new(sql.NullInt64)
		case "BYTEA":
			dest[i] = new([]byte)
		default:
			return nil, fmt.Errorf("column %s of table %s: %s is not a type that every store has", c.name, t.name, c.kind)
		}
	}
	return dest, nil
}
