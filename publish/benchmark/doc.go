// Package benchmark sets the answers of one workplace beside those of its peers.
//
// The published table of a wave, its questionnaire and its indicators come in,
// and the answers of a workplace; out goes, for each indicator, the own answer,
// the figure of the narrowest group of peers that may be shown, and one of four
// verdicts. Whatever is said of others is a cell of the published table, so that
// nothing can be learned here that the release does not tell; where the
// workplace's own answers are among those of the cell, they are taken out of it
// by arithmetic on what is shown. Nothing is ranked.
//
// The package knows no database, no request and no clock. Links to own answers
// are kept by package own, answers given at a meeting by package room, and the
// pages are those of package page.
package benchmark

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
)

// Source is what a wave's answers are compared by.
type Source struct {
	Table         *table.Table
	Questionnaire *questionnaire.Questionnaire
	formulas      []indicator.Formula
}

// NewSource checks that the indicators of a wave can be computed from the answers
// to its questionnaire. Those that the table does not have are left out, and so
// are counts of the sample, in which a workplace has no share.
func NewSource(t *table.Table, q *questionnaire.Questionnaire, c *indicator.Catalogue) (*Source, error) {
	if t == nil || q == nil || c == nil {
		return nil, errors.New("benchmark: table, questionnaire and indicators are all needed")
	}
	if q.Wave != t.Wave {
		return nil, fmt.Errorf("benchmark: the questionnaire is of wave %s, the table of wave %s", q.Wave, t.Wave)
	}
	defs, err := c.Expand(q)
	if err != nil {
		return nil, fmt.Errorf("benchmark of wave %s: %w", t.Wave, err)
	}
	defs = slices.DeleteFunc(defs, func(d indicator.Definition) bool {
		_, known := t.Indicator(d.ID)
		return !known || d.Counted
	})
	s := &Source{Table: t, Questionnaire: q}
	book := codebook.Codebook{Variables: append(slices.Clone(q.Variables()), disposition)}
	if s.formulas, err = indicator.Compile(defs, book); err != nil {
		return nil, fmt.Errorf("benchmark of wave %s: %w", t.Wave, err)
	}
	return s, nil
}

// disposition says that a workplace has answered: indicators are about those that
// have.
var disposition = codebook.Variable{Name: "disposition", Kind: codebook.Categorical, Role: codebook.RoleDisposition,
	Codes: []codebook.Code{{Value: "complete"}, {Value: "ineligible"}, {Value: "refused"}}}

// own computes the indicators of one workplace by the formulas of the wave: NaN
// where it is not in the base of one, or has not answered.
func (s *Source) own(a questionnaire.Answers) (map[string]float64, error) {
	data, err := microdata.New()
	if err != nil {
		return nil, err
	}
	row := s.Questionnaire.Row(a)
	for i, v := range s.Questionnaire.Variables() {
		c, err := column(v, row[i])
		if err == nil {
			err = data.Add(c)
		}
		if err != nil {
			return nil, fmt.Errorf("variable %s: %w", v.Name, err)
		}
	}
	complete, err := column(disposition, questionnaire.Cell{Level: "complete"})
	if err == nil {
		err = data.Add(complete)
	}
	if err != nil {
		return nil, err
	}
	columns, err := indicator.Derive(s.formulas, data)
	if err != nil {
		return nil, err
	}
	values := map[string]float64{}
	for _, c := range columns {
		values[c.Name] = c.Number[0]
	}
	return values, nil
}

// column is a variable of one workplace.
func column(v codebook.Variable, c questionnaire.Cell) (microdata.Column, error) {
	if v.Kind != codebook.Categorical {
		x := c.Number
		if c.Missing != codebook.Present {
			x = math.NaN()
		}
		return microdata.Numbers(v.Name, []float64{x}), nil
	}
	levels := make([]string, len(v.Codes))
	for i, code := range v.Codes {
		levels[i] = code.Value
	}
	level := c.Level
	if c.Missing != codebook.Present {
		level = ""
	}
	return microdata.Categories(v.Name, levels, []string{level})
}
