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
