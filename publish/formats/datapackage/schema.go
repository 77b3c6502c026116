package datapackage

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/publish/cube"
	"barometer/survey/codebook"
)

// Types of fields.
const (
	text   = "string"
	whole  = "integer"
	number = "number"
)

// empty is the value that every file has for none.
var empty = Missing{"", "no value"}

// Of describes the file of a cube's rows.
func Of(c *cube.Cube) Schema {
	s := Schema{MissingValues: []Missing{empty}}
	rest := c.Dimensions()[:len(c.Dimensions())-1]
	for _, d := range rest {
		f := Field{Name: d.ID, Type: text, Title: d.Label.DA + " / " + d.Label.EN}
		for _, code := range d.Codes {
			f.Categories = append(f.Categories, Category{code.ID, code.Label.EN})
		}
		s.Fields = append(s.Fields, f)
		s.PrimaryKey = append(s.PrimaryKey, d.ID)
	}
	for _, d := range rest {
		for _, l := range i18n.Languages {
			if d.ID != cube.WaveDimension {
				s.Fields = append(s.Fields, Field{Name: d.ID + "_" + string(l), Type: text, Title: d.Label.In(l)})
			}
		}
	}
	for _, m := range c.Measures().Codes {
		f := Field{Name: m.ID, Type: number, Title: m.Label.DA + " / " + m.Label.EN, Description: m.Unit.EN}
		if m.Decimals == 0 {
			f.Type = whole
		}
		s.Fields = append(s.Fields, f)
	}
	status := Field{Name: cube.StatusColumn, Type: text, Title: "Status"}
	for _, st := range cube.Statuses[1:] {
		status.Categories = append(status.Categories, Category{st.String(), st.Label().EN})
	}
	s.Fields = append(s.Fields, status)
	return s
}

// Describe reads a CSV file and tells what its columns hold.
func Describe(r io.Reader) (Schema, error) {
	in := csv.NewReader(r)
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return Schema{}, fmt.Errorf("the header cannot be read: %w", err)
	}
	s := Schema{MissingValues: []Missing{empty}}
	for _, name := range header {
		s.Fields = append(s.Fields, Field{Name: strings.Clone(name)})
	}
	reasons := map[string]bool{}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Schema{}, err
		}
		for i, v := range record {
			if isReason(v) {
				reasons[strings.Clone(v)] = true
			} else if v != "" {
				s.Fields[i].Type = wider(s.Fields[i].Type, v)
			}
		}
	}
	for i, f := range s.Fields {
		if f.Type == "" {
			s.Fields[i].Type = text
		}
	}
	for _, m := range codebook.Reasons {
		if reasons[m.Mark()] {
			s.MissingValues = append(s.MissingValues, Missing{m.Mark(), m.Label().EN})
		}
	}
	return s, nil
}

// isReason reports whether a value is a reason for which one is missing.
func isReason(v string) bool {
	return strings.HasPrefix(v, "[") && slices.ContainsFunc(codebook.Reasons, func(m codebook.Missing) bool { return m.Mark() == v })
}

// wider is the type of a column that was of type t before the value.
func wider(t, v string) string {
	switch {
	case t == text || !fits(number, v):
		return text
	case t != number && fits(whole, v):
		return whole
	}
	return number
}

// fits reports whether a value is of a type. A number with zeros in front is a
// code.
func fits(t, v string) bool {
	if t == text {
		return true
	}
	x, err := strconv.ParseFloat(v, 64)
	return err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) && strconv.FormatFloat(x, 'f', -1, 64) == v && (t == number || x == math.Trunc(x))
}
