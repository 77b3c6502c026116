package xlsform

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"barometer/internal/i18n"
)

// place is the cell that a line of the questionnaire file comes from.
type place struct {
	row    row
	column string
}

// writer writes a questionnaire file and keeps for every line the cell it
// comes from, so that a fault found in the file can be told where it stands
// in the workbook.
type writer struct {
	text   strings.Builder
	places []place
	period i18n.Text
}

// line writes one line, from the cell of the row in that column.
func (w *writer) line(indent int, at row, column, format string, args ...any) {
	w.raw(indent, place{at, column}, fmt.Sprintf(format, args...))
}

func (w *writer) raw(indent int, at place, line string) {
	fmt.Fprintf(&w.text, "%*s%s\n", indent, "", line)
	w.places = append(w.places, at)
}

// texts writes a text in every language under a key. A text that is in no
// language is left out.
func (w *writer) texts(indent int, key string, at row, column string) {
	if !at.says(column) {
		return
	}
	w.line(indent, at, in(column, i18n.Danish), "%s:", key)
	for _, l := range i18n.Languages {
		w.phrase(indent+2, string(l), at, in(column, l), l)
	}
}

// phrase writes one text, as a block where it has several lines. The period
// asked about stands as {period}, so that the next wave need not rewrite it.
func (w *writer) phrase(indent int, key string, at row, column string, l i18n.Lang) {
	s := at.get(column)
	if p := w.period.In(l); p != "" {
		s = strings.ReplaceAll(s, p, "{period}")
	}
	if !readsAsBlock(s) {
		w.line(indent, at, column, "%s: %s", key, strconv.Quote(s))
		return
	}
	w.line(indent, at, column, "%s: |-", key)
	for line := range strings.SplitSeq(s, "\n") {
		if line == "" {
			w.raw(0, place{at, column}, "")
			continue
		}
		w.line(indent+2, at, column, "%s", line)
	}
}

// readsAsBlock reports whether a text stands for itself in a YAML block.
func readsAsBlock(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		if strings.HasPrefix(line, " ") || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return false
		}
	}
	return strings.Contains(s, "\n")
}
