package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"barometer/internal/i18n"
)

// table is a file as rows of text.
type table struct {
	columns []string
	rows    [][]string
	lines   []int // of the file, per row
}

// open reads a file into a table. Tabs, semicolons or commas part its cells,
// whichever the heading has most of.
func open(data []byte, layout Layout) (*table, Faults) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, whole(say("filen er ikke tekst i UTF-8: eksportér den igen i den tegnkodning", "the file is not UTF-8 text: export it anew in that encoding"))
	}
	in := csv.NewReader(bytes.NewReader(data))
	in.Comma = separator(data)
	in.FieldsPerRecord = -1
	in.LazyQuotes = in.Comma == '\t' // vvexport quotes nothing
	t := &table{}
	var faults Faults
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return nil, append(faults, Fault{Row: parse.Line, Message: i18n.Text(say("kan ikke læses som celler: %v", "cannot be read as cells: %v", parse.Err))})
		}
		if err != nil {
			return nil, append(faults, whole(worded(err))...)
		}
		line, _ := in.FieldPos(0)
		faults = append(faults, t.take(record, line)...)
	}
	if layout == LimeSurvey {
		t.dropTitles()
	}
	switch {
	case len(t.columns) == 0:
		faults = append(faults, whole(say("filen er tom", "the file is empty"))...)
	case len(t.rows) == 0:
		faults = append(faults, whole(say("filen har en overskrift og ingen rækker", "the file has a heading and no row"))...)
	}
	return t, faults
}

// take adds a record: the heading first.
func (t *table) take(record []string, line int) Faults {
	if len(t.columns) == 0 {
		for _, c := range record {
			t.columns = append(t.columns, strings.TrimSpace(c))
		}
		return nil
	}
	if len(record) != len(t.columns) {
		return Faults{{Row: line, Message: i18n.Text(say("har et andet antal celler end overskriften", "has another number of cells than the heading"))}}
	}
	t.rows, t.lines = append(t.rows, record), append(t.lines, line)
	return nil
}

// dropTitles passes over the first line of a vvexport, which holds the
// questions; their codes stand in the second.
func (t *table) dropTitles() {
	if len(t.rows) == 0 || !strings.EqualFold(strings.TrimSpace(t.rows[0][0]), "id") || strings.EqualFold(t.columns[0], "id") {
		return
	}
	for i, c := range t.rows[0] {
		t.columns[i] = strings.TrimSpace(c)
	}
	t.rows, t.lines = t.rows[1:], t.lines[1:]
}

// separator is the sign that the first line has most of outside quotes.
func separator(data []byte) rune {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', 0
	quoted := false
	counts := map[rune]int{}
	for _, c := range string(line) {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[c]++
		}
	}
	for _, c := range []rune{'\t', ';', ','} {
		if counts[c] > most {
			best, most = c, counts[c]
		}
	}
	return best
}
