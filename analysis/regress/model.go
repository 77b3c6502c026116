package regress

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// Kind is the form of a regression.
type Kind string

const (
	Linear   Kind = "linear"
	Logistic Kind = "logistic" // the outcome is 0 or 1
)

// Factor is a categorical predictor; its first level is the reference. Rows
// with another level do not enter.
type Factor struct {
	Name   string
	Levels []string
}

// Model describes a regression.
type Model struct {
	Kind         Kind
	Outcome      string
	Factors      []Factor
	Numeric      []string
	Interactions []string // "a:b"
	Where        []design.Level

	// Replicates give the covariance of the coefficients, fitted anew in each;
	// nil: linearised.
	Replicates *estimate.Replicates
}

// term is one predictor's columns of the design matrix.
type term struct {
	name    string
	names   []string // of the columns
	columns [][]float64
}

// matrix is the data of a model: one column a coefficient.
type matrix struct {
	sheet   *estimate.Sheet
	outcome []float64
	terms   []term
	entered []bool
	rows    []int32 // that enter
}

// columns lists what the model reads.
func (m Model) columns() []estimate.Column {
	list := []estimate.Column{{Name: m.Outcome, As: estimate.Number}}
	for _, f := range m.Factors {
		list = append(list, estimate.Column{Name: f.Name, As: estimate.Category})
	}
	for _, n := range m.Numeric {
		list = append(list, estimate.Column{Name: n, As: estimate.Number})
	}
	return list
}

// load reads the data and lays out the design matrix on complete rows.
func (m Model) load(ctx context.Context, src estimate.Source, spec design.Spec) (*matrix, error) {
	sh, err := estimate.Load(ctx, src, spec, m.columns()...)
	if err != nil {
		return nil, err
	}
	sh.ByReplicates(m.Replicates)
	x := &matrix{sheet: sh, outcome: sh.Number(m.Outcome), entered: make([]bool, sh.Rows())}
	_, domain, err := sh.Domains(ctx, estimate.Breakdown{Where: m.Where})
	if err != nil {
		return nil, err
	}
	x.terms = []term{{name: "(Intercept)", names: []string{"(Intercept)"}, columns: [][]float64{slices.Repeat([]float64{1}, sh.Rows())}}}
	for _, f := range m.Factors {
		x.terms = append(x.terms, dummies(sh, f))
	}
	for _, n := range m.Numeric {
		x.terms = append(x.terms, term{name: n, names: []string{n}, columns: [][]float64{sh.Number(n)}})
	}
	if x.terms, err = withInteractions(x.terms, m.Interactions); err != nil {
		return nil, err
	}
	for row := range x.entered {
		if domain[row] >= 0 && x.complete(row) {
			x.entered[row] = true
			x.rows = append(x.rows, int32(row))
		}
	}
	return x, m.checkOutcome(x)
}

func (m Model) checkOutcome(x *matrix) error {
	if m.Kind != Logistic {
		return nil
	}
	for _, row := range x.rows {
		if y := x.outcome[row]; y != 0 && y != 1 {
			return &estimate.DataError{Column: m.Outcome, Row: int(row) + 1, Err: fmt.Errorf("the outcome of a logistic regression is 0 or 1, not %v", y)}
		}
	}
	return nil
}

// dummies codes a factor; a row without one of its levels is missing.
func dummies(sh *estimate.Sheet, f Factor) term {
	codes, levels := sh.Category(f.Name)
	t := term{name: f.Name}
	rank := make([]int, len(levels))
	for i, l := range levels {
		rank[i] = slices.Index(f.Levels, l)
	}
	for k, l := range f.Levels[1:] {
		column := make([]float64, len(codes))
		for row, code := range codes {
			switch {
			case code < 0 || rank[code] < 0:
				column[row] = math.NaN()
			case rank[code] == k+1:
				column[row] = 1
			}
		}
		t.names = append(t.names, f.Name+"="+l)
		t.columns = append(t.columns, column)
	}
	return t
}

// withInteractions appends the products of main effects to them.
func withInteractions(mains []term, names []string) ([]term, error) {
	terms := slices.Clone(mains)
	for _, name := range names {
		t, err := interaction(mains, name)
		if err != nil {
			return nil, err
		}
		terms = append(terms, t)
	}
	return terms, nil
}

// interaction multiplies the columns of main effects.
func interaction(mains []term, name string) (term, error) {
	product := term{name: name, names: []string{""}, columns: [][]float64{nil}}
	var at []int
	for _, part := range strings.Split(name, ":") {
		k := slices.IndexFunc(mains, func(t term) bool { return t.name == part })
		if k < 0 {
			return product, fmt.Errorf("interaction %s: %s is neither a factor nor a numeric predictor of the model", name, part)
		}
		at = append(at, k)
	}
	slices.Sort(at) // coefficients are named in the order of the main effects
	if len(slices.Compact(slices.Clone(at))) < len(at) {
		return product, fmt.Errorf("interaction %s names a predictor twice: take its square as a predictor of its own", name)
	}
	for _, k := range at {
		product = product.times(mains[k])
	}
	product.name = name
	return product, nil
}

// times crosses two terms; the first one's columns vary fastest.
func (t term) times(o term) term {
	var p term
	for j, b := range o.columns {
		for i, a := range t.columns {
			p.names = append(p.names, strings.TrimPrefix(t.names[i]+":"+o.names[j], ":"))
			if a == nil {
				p.columns = append(p.columns, b)
				continue
			}
			column := make([]float64, len(b))
			for row := range b {
				column[row] = a[row] * b[row]
			}
			p.columns = append(p.columns, column)
		}
	}
	return p
}

func (x *matrix) complete(row int) bool {
	if math.IsNaN(x.outcome[row]) {
		return false
	}
	for _, t := range x.terms {
		for _, c := range t.columns {
			if math.IsNaN(c[row]) {
				return false
			}
		}
	}
	return true
}

// columns returns the columns of the design matrix and their names.
func (x *matrix) columns() (columns [][]float64, names []string) {
	for _, t := range x.terms {
		columns = append(columns, t.columns...)
		names = append(names, t.names...)
	}
	return columns, names
}
