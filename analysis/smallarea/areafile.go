package smallarea

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// AreaFile holds numbers that are known of areas from elsewhere, a population
// register for example: a CSV file whose first column, domain, has the id of a
// domain as the table writes it (subsector:K-SKO) and whose other columns are
// numbers.
type AreaFile struct {
	name    string
	columns map[string]int
	rows    map[string][]float64
}

// maxAreaBytes bounds what is read of an area file.
const maxAreaBytes = 16 << 20

// ReadAreas reads an area file. Every fault is named with its line and column.
func ReadAreas(r io.Reader, file string) (*AreaFile, error) {
	in := csv.NewReader(io.LimitReader(r, maxAreaBytes))
	head, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	a := &AreaFile{name: file, columns: map[string]int{}, rows: map[string][]float64{}}
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: "+format, append([]any{file}, args...)...))
	}
	if first := strings.TrimPrefix(head[0], "\ufeff"); first != "domain" {
		fault("line 1: the first column is %q, it must be domain", first)
	}
	for j, name := range head[1:] {
		if _, twice := a.columns[name]; twice || name == "" {
			fault("line 1: column %d: %q is empty or stands twice", j+2, name)
		}
		a.columns[name] = j
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(append(faults, fmt.Errorf("%s: %w", file, err))...)
		}
		line, _ := in.FieldPos(0)
		if _, twice := a.rows[record[0]]; twice {
			fault("line %d: domain %s stands twice", line, record[0])
		}
		a.rows[record[0]] = a.numbers(record[1:], func(j int) { fault("line %d, column %s: %q is no number", line, head[j+1], record[j+1]) })
	}
	return a, errors.Join(faults...)
}

// numbers reads a record; an empty field is not known.
func (a *AreaFile) numbers(fields []string, wrong func(j int)) []float64 {
	x := make([]float64, len(fields))
	for j, field := range fields {
		v, err := strconv.ParseFloat(field, 64)
		switch {
		case field == "":
			v = math.NaN()
		case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
			wrong(j)
		}
		x[j] = v
	}
	return x
}

func (a *AreaFile) value(domain, column string) (float64, error) {
	if a == nil {
		return 0, fmt.Errorf("column %s is to come from an area file, and the wave has none", column)
	}
	j, ok := a.columns[column]
	if !ok {
		return 0, fmt.Errorf("%s has no column %s", a.name, column)
	}
	row, ok := a.rows[domain]
	if !ok || math.IsNaN(row[j]) {
		return 0, fmt.Errorf("%s does not tell %s of %s", a.name, column, domain)
	}
	return row[j], nil
}
