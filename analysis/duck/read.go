package duck

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// MissingSuffix ends the name of a companion column that says why values of
// its variable are missing.
const MissingSuffix = ".missing"

// ReadData reads columns of a CSV file (comma, header line, empty field =
// missing) or, by the ending .parquet, a Parquet file; without names, all.
// Columns of a CSV file have the types that R's read.csv gives them: "0101" is
// the number 101 where the whole column holds numbers. What is true or false
// has the levels FALSE and TRUE. Levels are sorted.
func ReadData(ctx context.Context, path string, columns ...string) (*microdata.Data, error) {
	s, err := open(0)
	if err != nil {
		return nil, err
	}
	defer s.close()
	table, err := s.describe(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(columns) == 0 {
		columns = table.mainColumns()
	}
	d, err := s.readColumns(ctx, table, columns)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// table is a file as DuckDB sees it.
type table struct {
	from    string // the FROM clause
	columns []tableColumn
	csv     bool
}

type tableColumn struct {
	name, sqlType string
	stored        string // its name in the FROM clause, where that is another
}

func (c tableColumn) identifier() string {
	if c.stored != "" {
		return identifier(c.stored)
	}
	return identifier(c.name)
}

// position names the columns of a CSV file for DuckDB, to which names that
// differ in case alone are the same.
func position(i int) string { return fmt.Sprintf("column%d", i+1) }

// describe finds the columns of a file.
func (s *session) describe(ctx context.Context, path string) (*table, error) {
	if strings.ContainsAny(path, "*?[") {
		return nil, errors.New("the path has one of the characters * ? [")
	}
	if _, err := os.Stat(path); err != nil {
		return nil, errors.Unwrap(err)
	}
	if strings.EqualFold(filepath.Ext(path), ".parquet") {
		return s.describeParquet(ctx, path)
	}
	return describeCSV(path)
}

func (s *session) describeParquet(ctx context.Context, path string) (*table, error) {
	t := &table{from: "read_parquet(" + literal(path) + ")"}
	r, err := s.query(ctx, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+t.from+")")
	if err != nil {
		return nil, err
	}
	defer r.close()
	err = r.each(func(c chunk) error {
		c.column(0).strings(func(_ int, name string, _ bool) {
			t.columns = append(t.columns, tableColumn{name: strings.Clone(name)})
		})
		first := len(t.columns) - c.rows()
		c.column(1).strings(func(row int, kind string, _ bool) {
			t.columns[first+row].sqlType = strings.Clone(kind)
		})
		return nil
	})
	return t, err
}

func describeCSV(path string) (*table, error) {
	names, err := csvHeader(path)
	if err != nil {
		return nil, err
	}
	t := &table{csv: true}
	var types []string
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, fmt.Errorf("column %s stands twice in the header", name)
		}
		t.columns = append(t.columns, tableColumn{name: name, sqlType: "VARCHAR", stored: position(i)})
		types = append(types, fmt.Sprintf("'%s': 'VARCHAR'", position(i)))
	}
	t.from = fmt.Sprintf("read_csv(%s, auto_detect=false, header=true, delim=',', quote='\"', escape='\"', nullstr='', strict_mode=true, columns={%s})",
		literal(path), strings.Join(types, ", "))
	return t, nil
}

func csvHeader(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := csv.NewReader(f).Read()
	if err == io.EOF {
		return nil, errors.New("the file is empty: a header line is needed")
	}
	if err != nil {
		return nil, err
	}
	names[0] = strings.TrimPrefix(names[0], "\ufeff")
	if slices.Contains(names, "") {
		return nil, errors.New("the header has a column without a name")
	}
	return names, nil
}

// mainColumns lists all columns but the companions.
func (t *table) mainColumns() []string {
	var names []string
	for _, c := range t.columns {
		if !strings.HasSuffix(c.name, MissingSuffix) {
			names = append(names, c.name)
		}
	}
	return names
}

// column returns the named column.
func (t *table) column(name string) (tableColumn, error) {
	for _, c := range t.columns {
		if c.name == name {
			return c, nil
		}
	}
	return tableColumn{}, fmt.Errorf("no column %s", name)
}

// readAs says how a column travels: numbers as DOUBLE, all else as VARCHAR.
func (c tableColumn) readAs() (sql string, number bool) {
	kind, _, _ := strings.Cut(c.sqlType, "(")
	switch kind {
	case "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
		"UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL":
		return c.identifier() + "::DOUBLE", true
	}
	return c.identifier() + "::VARCHAR", false
}

// readColumns reads whole columns and their companions.
func (s *session) readColumns(ctx context.Context, t *table, names []string) (*microdata.Data, error) {
	var list []string
	var readers []columnReader
	for _, name := range names {
		c, err := t.column(name)
		if err != nil {
			return nil, err
		}
		sql, number := c.readAs()
		if c.sqlType == "BOOLEAN" { // FALSE and TRUE, as in a CSV file
			sql, number = "upper("+c.identifier()+"::VARCHAR)", false
		}
		list = append(list, sql)
		if number {
			readers = append(readers, &numberReader{name: name})
		} else {
			readers = append(readers, &textReader{name: name, position: make(map[string]int32), infer: t.csv})
		}
	}
	for _, name := range names {
		if c, err := t.column(name + MissingSuffix); err == nil && c.sqlType == "UTINYINT" {
			list = append(list, identifier(c.name)+"::DOUBLE")
			readers = append(readers, &numberReader{name: c.name})
		}
	}
	if len(list) == 0 {
		return microdata.New()
	}
	r, err := s.query(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+t.from)
	if err != nil {
		return nil, err
	}
	defer r.close()
	if err := r.each(func(c chunk) error {
		for i, reader := range readers {
			reader.add(c.column(i))
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return assemble(names, readers)
}

// assemble makes data of what the readers gathered: one a name, and behind
// them the companions.
func assemble(names []string, readers []columnReader) (*microdata.Data, error) {
	columns := make([]microdata.Column, len(names))
	for i := range names {
		columns[i] = readers[i].column()
	}
	for _, reader := range readers[len(names):] {
		companion := reader.column()
		of := strings.TrimSuffix(companion.Name, MissingSuffix)
		columns[slices.Index(names, of)].Reason = reasons(companion.Number)
	}
	return microdata.New(columns...)
}

func reasons(numbers []float64) []codebook.Missing {
	list := make([]codebook.Missing, len(numbers))
	for i, x := range numbers {
		if !math.IsNaN(x) {
			list[i] = codebook.Missing(x)
		}
	}
	return list
}

// columnReader gathers one column from chunks.
type columnReader interface {
	add(v vector)
	column() microdata.Column
}

type numberReader struct {
	name   string
	values []float64
}

func (r *numberReader) add(v vector) {
	r.values = v.doubles(0, v.rows, r.values)
}

func (r *numberReader) column() microdata.Column { return microdata.Numbers(r.name, r.values) }

type textReader struct {
	name     string
	infer    bool // from text to the type that all values have
	levels   []string
	position map[string]int32
	codes    []int32
}

func (r *textReader) add(v vector) {
	v.strings(func(_ int, s string, ok bool) {
		if !ok || s == "" {
			r.codes = append(r.codes, -1)
			return
		}
		at, met := r.position[s]
		if !met {
			at = int32(len(r.levels))
			s = strings.Clone(s)
			r.levels = append(r.levels, s)
			r.position[s] = at
		}
		r.codes = append(r.codes, at)
	})
}

func (r *textReader) column() microdata.Column {
	if r.infer {
		return typed(r.name, r.levels, r.codes)
	}
	return categories(r.name, r.levels, r.codes)
}
