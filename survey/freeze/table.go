package freeze

import (
	"errors"
	"fmt"
	"math"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// table gathers the wave's columns, each with its description.
type table struct {
	book    codebook.Codebook
	columns []microdata.Column
	faults  []error
}

func newTable() *table { return &table{} }

// add takes a column under its description's name.
func (t *table) add(v codebook.Variable, c microdata.Column) {
	c.Name = v.Name
	t.book.Variables = append(t.book.Variables, v)
	t.columns = append(t.columns, c)
}

// levels adds a column of categories.
func (t *table) levels(v codebook.Variable, levels, values []string) {
	c, err := microdata.Categories(v.Name, levels, values)
	if err != nil {
		t.faults = append(t.faults, err)
	}
	t.add(v, c)
}

// classified adds a column of codes of a classification of the frame. A unit
// without a code is a fault: the design knows every unit.
func (t *table) classified(v codebook.Variable, units []sample.Selected, code func(sample.Selected) string) {
	values := make([]string, len(units))
	for i, u := range units {
		if values[i] = code(u); values[i] == "" {
			t.faults = append(t.faults, fmt.Errorf("unit %s: no %s", u.Key, v.Name))
		}
	}
	levels := make([]string, len(v.Codes))
	for i, c := range v.Codes {
		levels[i] = c.Value
	}
	t.levels(v, levels, values)
}

// number adds a numeric column of the design.
func (t *table) number(v codebook.Variable, units []sample.Selected, value func(sample.Selected) float64) {
	values := make([]float64, len(units))
	for i, u := range units {
		if values[i] = value(u); !(values[i] > 0) || math.IsInf(values[i], 0) {
			t.faults = append(t.faults, fmt.Errorf("unit %s: %s is %v, it must be positive", u.Key, v.Name, values[i]))
		}
	}
	t.add(v, microdata.Numbers(v.Name, values))
}

// design adds what is known of every unit: key, disposition, design and frame.
func (t *table) design(s *sample.Sample, units []sample.Selected, byUnit map[string]response.Record) {
	keys := make([]string, len(units))
	for i, u := range units {
		keys[i] = u.Key
	}
	t.levels(unitVariable(), keys, keys)
	t.classified(dispositionVariable(), units, func(u sample.Selected) string {
		if r, ok := byUnit[u.Key]; ok {
			return string(r.Disposition)
		}
		return string(response.Noncontact)
	})
	t.mode(units, byUnit)
	t.classified(stratumVariable(s.Strata), units, func(u sample.Selected) string { return u.Stratum })
	t.number(stratumNVariable(), units, func(u sample.Selected) float64 { return float64(u.StratumN) })
	t.number(stratumTakeVariable(), units, func(u sample.Selected) float64 { return float64(u.StratumTake) })
	t.number(inclusionProbVariable(), units, func(u sample.Selected) float64 { return u.InclusionProb })
	t.number(designWeightVariable(), units, func(u sample.Selected) float64 { return u.DesignWeight })
	frame := codebook.RoleFrame
	t.classified(codebook.Sectors().Variable(frame), units, func(u sample.Selected) string { return u.Sector })
	t.classified(codebook.Subsectors().Variable(frame), units, func(u sample.Selected) string { return u.Subsector })
	t.classified(codebook.Sizes().Variable(frame), units, func(u sample.Selected) string { return u.Size })
	t.classified(codebook.Regions().Variable(frame), units, func(u sample.Selected) string { return u.Region })
}

// answers adds the questionnaire's columns.
func (t *table) answers(q *questionnaire.Questionnaire, units []sample.Selected, byUnit map[string]response.Record) {
	variables := q.Variables()
	rows := make([][]questionnaire.Cell, len(units)) // nil: no answers
	each(len(units), func(i int) {
		if r, ok := byUnit[units[i].Key]; ok && answered(r.Disposition) {
			rows[i] = q.Row(r.Answers)
		}
	})
	for j, v := range variables {
		t.answer(v, rows, j)
	}
}

// answered reports whether the answers of a unit pass the gate.
func answered(d response.Disposition) bool {
	return d == response.Complete || d == response.Partial
}

// answer adds column j of the questionnaire.
func (t *table) answer(v codebook.Variable, rows [][]questionnaire.Cell, j int) {
	cells := make([]questionnaire.Cell, len(rows))
	reasons := make([]codebook.Missing, len(rows))
	for i, row := range rows {
		cells[i] = questionnaire.Cell{Missing: codebook.Nonresponse}
		if row != nil {
			cells[i] = row[j]
		}
		reasons[i] = cells[i].Missing
	}
	switch v.Kind {
	case codebook.Categorical:
		t.chosen(v, cells, reasons)
	case codebook.Binary, codebook.Numeric:
		t.counted(v, cells, reasons)
	default:
		t.faults = append(t.faults, fmt.Errorf("variable %s: an answer of kind %q does not pass", v.Name, v.Kind))
	}
}

func (t *table) chosen(v codebook.Variable, cells []questionnaire.Cell, reasons []codebook.Missing) {
	levels := make([]string, len(v.Codes))
	for i, c := range v.Codes {
		levels[i] = c.Value
	}
	values := make([]string, len(cells))
	for i, c := range cells {
		if c.Missing == codebook.Present {
			values[i] = c.Level
		}
	}
	t.levels(v, levels, values)
	t.columns[len(t.columns)-1].Reason = reasons
}

func (t *table) counted(v codebook.Variable, cells []questionnaire.Cell, reasons []codebook.Missing) {
	values := make([]float64, len(cells))
	for i, c := range cells {
		values[i] = math.NaN()
		if c.Missing == codebook.Present {
			values[i] = c.Number
		}
	}
	c := microdata.Numbers(v.Name, values)
	c.Reason = reasons
	t.add(v, c)
}

// wave binds the columns, unless any was faulty.
func (t *table) wave(id string, synthetic bool) (*microdata.Wave, error) {
	if err := errors.Join(t.faults...); err != nil {
		return nil, err
	}
	data, err := microdata.New(t.columns...)
	if err != nil {
		return nil, err
	}
	return microdata.NewWave(id, synthetic, t.book, data)
}

// mode adds how the answers of each unit reached us. Units without answers have
// none.
func (t *table) mode(units []sample.Selected, byUnit map[string]response.Record) {
	cells := make([]questionnaire.Cell, len(units))
	reasons := make([]codebook.Missing, len(units))
	for i, u := range units {
		r, ok := byUnit[u.Key]
		if !ok || !answered(r.Disposition) {
			cells[i].Missing, reasons[i] = codebook.Nonresponse, codebook.Nonresponse
			continue
		}
		cells[i].Level = string(r.Mode)
		if r.Mode == "" {
			cells[i].Level = string(response.Web)
		}
	}
	t.chosen(modeVariable(), cells, reasons)
}
