package indicator

import (
	"errors"
	"fmt"
	"math"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire/expr"
)

// Formula computes one indicator's variable: the numerator where the unit is
// in the base, NaN where it is not or where its answer is unknown. The
// indicator is the weighted mean of the variable: Σ w·numerator over Σ w·base,
// with item nonresponse taken out of both.
type Formula struct {
	Definition
	base      expr.Expr
	numerator expr.Expr // nil for a score
}

// Compile checks the definitions' expressions against the wave's codebook. It
// returns every fault, each with the indicator it stands in.
func Compile(defs []Definition, book codebook.Codebook) ([]Formula, error) {
	scope := scopeOf(book)
	formulas := make([]Formula, len(defs))
	var faults []error
	for i, d := range defs {
		f := Formula{Definition: d}
		var errBase, errNumerator error
		f.base, errBase = expr.Condition(d.BaseWhere, scope)
		if d.Score == nil {
			f.numerator, errNumerator = expr.Condition(d.Numerator, scope)
		} else {
			errNumerator = d.Score.check(book)
		}
		if err := errors.Join(errBase, errNumerator); err != nil {
			faults = append(faults, fmt.Errorf("indicator %s: %w", d.ID, err))
		}
		formulas[i] = f
	}
	return formulas, errors.Join(faults...)
}

func (s *Score) check(book codebook.Codebook) error {
	var faults []error
	for _, name := range s.Columns {
		v, ok := book.Variable(name)
		if !ok {
			faults = append(faults, fmt.Errorf("score: no column %s", name))
			continue
		}
		for code := range s.Points {
			if _, ok := v.Code(code); !ok {
				faults = append(faults, fmt.Errorf("score: column %s has no code %s", name, code))
			}
		}
	}
	return errors.Join(faults...)
}

// scopeOf gives every variable of the codebook its type in expressions.
func scopeOf(book codebook.Codebook) expr.Symbols {
	symbols := expr.Symbols{}
	for _, v := range book.Variables {
		switch v.Kind {
		case codebook.Categorical:
			codes := make([]string, len(v.Codes))
			for i, c := range v.Codes {
				codes[i] = c.Value
			}
			symbols[v.Name] = expr.Symbol{Type: expr.Text, Codes: codes}
		case codebook.Binary, codebook.Numeric:
			symbols[v.Name] = expr.Symbol{Type: expr.Number}
		}
	}
	return symbols
}

// Derive computes the variables of all formulas over data: one numeric column
// each, named as the indicator.
func Derive(formulas []Formula, data *microdata.Data) ([]microdata.Column, error) {
	r := newRow(data)
	columns := make([]microdata.Column, len(formulas))
	bases := map[string][]bool{}
	for k, f := range formulas {
		if _, done := bases[f.BaseID]; !done {
			bases[f.BaseID] = r.where(f.base)
		}
		value, err := f.value(r)
		if err != nil {
			return nil, fmt.Errorf("indicator %s: %w", f.ID, err)
		}
		columns[k] = microdata.Numbers(f.ID, r.values(bases[f.BaseID], value))
	}
	return columns, nil
}

// value returns the function that computes the formula on the current row.
func (f Formula) value(r *row) (func() float64, error) {
	if f.Score != nil {
		return f.Score.value(r)
	}
	return func() float64 {
		switch v := f.numerator.Eval(r); {
		case v.IsUnknown():
			return math.NaN()
		case v.Bool():
			return 1
		default:
			return 0
		}
	}, nil
}

// value averages the points of the answered statements, NaN where too few are
// answered.
func (s *Score) value(r *row) (func() float64, error) {
	columns := make([]*microdata.Column, len(s.Columns))
	for i, name := range s.Columns {
		c, err := r.data.Column(name)
		if err != nil {
			return nil, err
		}
		columns[i] = c
	}
	return func() float64 {
		sum, answered := 0.0, 0
		for _, c := range columns {
			if p, ok := s.Points[c.Level(r.i)]; ok {
				sum, answered = sum+p, answered+1
			}
		}
		if answered < s.MinAnswered {
			return math.NaN()
		}
		return sum / float64(answered)
	}, nil
}

// row is the environment of an expression: one unit of the data.
type row struct {
	data    *microdata.Data
	columns map[string]*microdata.Column
	i       int
}

func newRow(data *microdata.Data) *row {
	r := &row{data: data, columns: map[string]*microdata.Column{}}
	for i := range data.Columns() {
		c := &data.Columns()[i]
		r.columns[c.Name] = c
	}
	return r
}

// Value implements expr.Env.
func (r *row) Value(name string) expr.Value {
	c, ok := r.columns[name]
	switch {
	case !ok || c.Missing(r.i):
		return expr.Value{}
	case c.IsNumeric():
		return expr.NumberValue(c.Number[r.i])
	default:
		return expr.TextValue(c.Level(r.i))
	}
}

func (r *row) where(e expr.Expr) []bool {
	in := make([]bool, r.data.Rows())
	for r.i = range in {
		in[r.i] = expr.True(e, r)
	}
	return in
}

func (r *row) values(in []bool, value func() float64) []float64 {
	x := make([]float64, len(in))
	for r.i = range x {
		x[r.i] = math.NaN()
		if in[r.i] {
			x[r.i] = value()
		}
	}
	return x
}
