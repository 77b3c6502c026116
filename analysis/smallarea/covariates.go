package smallarea

import (
	"errors"
	"fmt"
	"math"

	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/weighting/design"
)

// Population is what a model may ask of the units of the frame. Units are any
// type, so that nothing else that a frame knows comes here.
type Population[U any] struct {
	Units  []U
	Level  func(u U, column string) (string, bool)  // false: there is no such column
	Number func(u U, column string) (float64, bool) // the same
	Min    int                                      // a domain of fewer units is left out: its mean would tell of single ones
}

// Covariates computes an entry's covariates for each domain of its breakdown, by
// the domain's id: shares and means over the units of the population, and
// columns of the area file, which may be nil. A domain with too few units is left
// out.
// It refuses columns that nobody has, domains that the file lacks, and logarithms
// of what is not positive.
func Covariates[U any](plan indicator.SmallArea, domains []table.Domain, p Population[U], file *AreaFile) (map[string][]float64, error) {
	known := make(map[string][]float64)
	var faults []error
	for _, d := range domains {
		inside, err := p.inside(indicator.Levels(d))
		if err != nil {
			return nil, err
		}
		if len(inside) < max(p.Min, 1) {
			continue
		}
		x := make([]float64, len(plan.Covariates))
		for j, c := range plan.Covariates {
			if x[j], err = covariate(c, d, p, inside, file); err != nil {
				faults = append(faults, fmt.Errorf("covariate %s: %w", c.Name, err))
			}
		}
		known[d.ID()] = x
	}
	return known, errors.Join(faults...)
}

func covariate[U any](c indicator.Covariate, d table.Domain, p Population[U], inside []U, file *AreaFile) (x float64, err error) {
	switch {
	case c.Share != "":
		x, err = p.share(inside, design.Level{Column: c.Share, Level: c.Level})
	case c.Mean != "":
		x, err = p.mean(inside, c.Mean)
	default:
		x, err = file.value(d.ID(), c.Column)
	}
	if err != nil || !c.Log {
		return x, err
	}
	if x <= 0 {
		return 0, fmt.Errorf("it is %v for %s and has no logarithm", x, d.ID())
	}
	return math.Log(x), nil
}

// inside lists the units that have all the levels.
func (p Population[U]) inside(levels []design.Level) ([]U, error) {
	var list []U
	for _, u := range p.Units {
		in := true
		for _, l := range levels {
			level, ok := p.Level(u, l.Column)
			if !ok {
				return nil, fmt.Errorf("the frame has no column %s", l.Column)
			}
			in = in && level == l.Level
		}
		if in {
			list = append(list, u)
		}
	}
	return list, nil
}

func (p Population[U]) share(units []U, of design.Level) (float64, error) {
	n := 0
	for _, u := range units {
		level, ok := p.Level(u, of.Column)
		if !ok {
			return 0, fmt.Errorf("the frame has no column %s", of.Column)
		}
		if level == of.Level {
			n++
		}
	}
	return float64(n) / float64(len(units)), nil
}

func (p Population[U]) mean(units []U, column string) (float64, error) {
	var sum float64
	for _, u := range units {
		x, ok := p.Number(u, column)
		if !ok {
			return 0, fmt.Errorf("the frame has no numeric column %s", column)
		}
		sum += x
	}
	return sum / float64(len(units)), nil
}
