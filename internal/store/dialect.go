package store

import (
	"fmt"
	"regexp"
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

var textType = regexp.MustCompile(`\bTEXT\b`)

// define writes the definition of tables the way the database reads it.
// PostgreSQL would order text by the language of the server; here it is
// ordered by its bytes, as SQLite does.
func (d dialect) define(ddl string) string {
	if d == sqliteSQL {
		return ddl
	}
	return textType.ReplaceAllString(ddl, `TEXT COLLATE "C"`)
}

// migrationLock is the advisory lock under which the schema changes.
const migrationLock = 0x6261726f02

// beginAlone begins a transaction that excludes others that begin so. A
// program waits longer for another's change of the schema than for a row.
func (d dialect) beginAlone() []string {
	if d == sqliteSQL {
		return []string{"BEGIN IMMEDIATE"}
	}
	return []string{
		"BEGIN",
		"SET LOCAL lock_timeout = '60s'",
		"SET LOCAL statement_timeout = '10min'",
		fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", migrationLock),
	}
}
