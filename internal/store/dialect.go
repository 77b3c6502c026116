package store

import (
	"strconv"
	"strings"
)

// dialect is the little in which databases differ once the SQL is portable.
type dialect int

const (
	sqliteSQL dialect = iota
	postgresSQL
)

// bind writes the ? placeholders of a statement the way the database reads
// them; text between quotes is left alone.
func (d dialect) bind(query string) string {
	if d == sqliteSQL {
		return query
	}
	var b strings.Builder
	quoted, n := false, 0
	for _, r := range query {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == '?' && !quoted:
			n++
			b.WriteString("$" + strconv.Itoa(n))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// beginRead begins a transaction on one snapshot.
func (d dialect) beginRead() string {
	if d == sqliteSQL {
		return "BEGIN"
	}
	return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
}

// beginMigration begins a transaction that no other program's migration runs
// beside.
func (d dialect) beginMigration() []string {
	if d == sqliteSQL {
		return []string{"BEGIN IMMEDIATE"}
	}
	return []string{"BEGIN", "SELECT pg_advisory_xact_lock(7110183215)"}
}

// tables lists the tables that the migrations made.
func (d dialect) tables() string {
	if d == sqliteSQL {
		return `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`
	}
	return `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name COLLATE "C"`
}
