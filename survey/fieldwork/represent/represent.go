// Package represent measures how alike the answering workplaces are to those
// that were asked: the R-indicator of representative response.
//
// The sampled units come in as counts by classes of the frame; an [Indicator]
// goes out, with the part that each variable and each class has in what is
// lacking. Propensities are those of a logistic model with main effects, in
// which units count by their design weights, and the variance of the estimated
// propensities is freed of what estimation adds to it (Schouten, Cobben and
// Bethlehem 2009; Shlomo, Skinner and Schouten 2012; for weights and strata as
// in the RISQ manual 2.1, de Heij, Schouten and Shlomo 2015).
//
// Its standard error is linearised: who answers, and who was drawn, by the
// variance of the variance of the propensities (Shlomo, Skinner and Schouten
// 2012, section 4), with the information of a weighted likelihood set between
// the scores' own variance.
//
// An indicator tells of the variables in its model and of no other: it is no
// proof of what the answers themselves are like. The package knows no store and
// words nothing.
package represent

import (
	"errors"
	"fmt"
	"math"
)

// ErrUndefined says that there is nothing to compare: nobody has answered, or
// everybody has.
var ErrUndefined = errors.New("the R-indicator is defined where some have answered and others have not")

// Variable is a classification of the frame.
type Variable struct {
	Name string
	// Outside leaves the variable out of the model, as one that follows from
	// another: its classes are compared all the same.
	Outside bool
}

// Cell counts sampled units that are alike in stratum, classes and weight.
type Cell struct {
	Stratum   string
	Classes   []string // one per variable
	Weight    float64  // of the design, above 0
	Units     int
	Responded int
}

// Indicator is the result. Propensities and their standard deviations are
// ratios between 0 and 1.
type Indicator struct {
	Units     int
	Responded int
	Mean      float64 // propensity, weighted
	Deviation float64 // of the propensities, freed of bias

	R          float64 // 1 − 2 × Deviation: 1 where all are alike to answer
	Error      float64 // standard error of R; NaN where the propensities do not differ beyond bias
	Unadjusted float64 // the same without freeing it of bias
	MaxBias    float64 // Deviation ÷ Mean: a mean differs by no more than this many of its standard deviations

	Variables []Partial
}

// Partial is the part of one variable.
type Partial struct {
	Variable    string
	Between     float64 // standard deviation of the mean propensities of its classes
	Conditional float64 // the same given all other variables of the model; NaN for a variable outside it
	Classes     []Class
}

// Class is one class of a variable.
type Class struct {
	Code      string
	Units     int
	Responded int
	Mean      float64 // propensity, weighted
	Part      float64 // √share × (Mean − that of all): below 0 where the class lacks
}

// Of computes the indicator. Cells are refused with the first that is at fault.
func Of(variables []Variable, cells []Cell) (*Indicator, error) {
	ind := &Indicator{}
	for i, c := range cells {
		if len(c.Classes) != len(variables) || !(c.Weight > 0) || math.IsInf(c.Weight, 0) || c.Units < 1 || c.Responded < 0 || c.Responded > c.Units {
			return nil, fmt.Errorf("cell %d: %d classes of %d variables, weight %v, %d of %d answered", i, len(c.Classes), len(variables), c.Weight, c.Responded, c.Units)
		}
		ind.Units += c.Units
		ind.Responded += c.Responded
	}
	if ind.Responded == 0 || ind.Responded == ind.Units {
		return nil, ErrUndefined
	}
	m := newModel(variables, cells)
	if err := m.fit(); err != nil {
		return nil, err
	}
	ind.sum(m)
	for v := range variables {
		ind.Variables = append(ind.Variables, ind.partial(m, v))
	}
	return ind, nil
}

// sum fills in what concerns all units.
func (ind *Indicator) sum(m *model) {
	total, mean, variance := moments(m.cells, m.rho, nil)
	ind.Mean = mean
	ind.Unadjusted = 1 - 2*math.Sqrt(variance)
	variance = max(0, variance-m.bias(total))
	ind.Deviation = math.Sqrt(variance)
	ind.Error = math.NaN()
	if ind.Deviation > 0 {
		ind.Error = math.Sqrt(m.uncertainty(total, mean)) / ind.Deviation
	}
	ind.R = 1 - 2*ind.Deviation
	ind.MaxBias = ind.Deviation / ind.Mean
}

// moments returns the weight, mean and variance of the propensities of the
// cells listed, nil for all.
func moments(cells []Cell, rho []float64, list []int) (total, mean, variance float64) {
	each := func(do func(i int, w float64)) {
		if list == nil {
			for i, c := range cells {
				do(i, c.Weight*float64(c.Units))
			}
			return
		}
		for _, i := range list {
			do(i, cells[i].Weight*float64(cells[i].Units))
		}
	}
	each(func(i int, w float64) {
		total += w
		mean += float64(w * rho[i])
	})
	mean /= total
	each(func(i int, w float64) { variance += float64(w * (rho[i] - mean) * (rho[i] - mean)) })
	if total > 1 {
		variance /= total - 1
	}
	return total, mean, variance
}

// partial is the part of one variable.
func (ind *Indicator) partial(m *model, v int) Partial {
	p := Partial{Variable: m.variables[v].Name, Conditional: math.NaN()}
	total, mean, _ := moments(m.cells, m.rho, nil)
	between := 0.0
	for _, g := range groups(m.cells, func(c Cell) string { return c.Classes[v] }) {
		weight, of, _ := moments(m.cells, m.rho, g.cells)
		class := Class{Code: g.key, Mean: of, Part: math.Sqrt(weight/total) * (of - mean)}
		for _, i := range g.cells {
			class.Units += m.cells[i].Units
			class.Responded += m.cells[i].Responded
		}
		p.Classes = append(p.Classes, class)
		between += class.Part * class.Part
	}
	p.Between = math.Sqrt(between)
	if !m.variables[v].Outside {
		p.Conditional = m.conditional(v, total)
	}
	return p
}

// conditional is what varies within groups that are alike in all other
// variables of the model.
func (m *model) conditional(v int, total float64) float64 {
	within := 0.0
	for _, g := range groups(m.cells, func(c Cell) string {
		key := ""
		for k, class := range c.Classes {
			if k != v && !m.variables[k].Outside {
				key += class + "\x00"
			}
		}
		return key
	}) {
		weight, _, variance := moments(m.cells, m.rho, g.cells)
		if weight > 1 {
			within += float64(variance * (weight - 1))
		}
	}
	return math.Sqrt(within / (total - 1))
}

// grouped are the cells that share a key.
type grouped struct {
	key   string
	cells []int
}

// groups divides cells by a key, in the order of first appearance.
func groups(cells []Cell, key func(Cell) string) (list []grouped) {
	place := map[string]int{}
	for i, c := range cells {
		k := key(c)
		g, known := place[k]
		if !known {
			g = len(list)
			place[k] = g
			list = append(list, grouped{key: k})
		}
		list[g].cells = append(list[g].cells, i)
	}
	return list
}
