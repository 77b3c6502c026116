package weighting

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"barometer/survey/microdata"
	"barometer/weighting/replicate"
)

// Replication asks for replicate weights: which kind, and for random ones how
// many and from which seed. Units, strata and population counts are those of
// the recipe's variance.
type Replication struct {
	Type  replicate.Kind `yaml:"type"`
	Count int            `yaml:"count"`
	Seed  uint64         `yaml:"seed"`
	Rho   float64        `yaml:"rho"` // of Fay
	MSE   bool           `yaml:"mse"` // deviations from the full sample's estimate, not the replicates' mean
}

func (r Replication) check() error {
	switch {
	case !slices.Contains(replicate.Kinds, r.Type):
		return failf(BadCase, "unknown type %q: use one of %v", r.Type, replicate.Kinds)
	case r.Type.Drawn() && (r.Count < 2 || r.Count > 100_000):
		return failf(BadCase, "count %d: give a number of replicates from 2 to 100000", r.Count)
	case !r.Type.Drawn() && r.Count != 0:
		return failf(BadCase, "count: the number of %s replicates follows from the design", r.Type)
	case r.Type == replicate.Fay && !(r.Rho >= 0 && r.Rho < 1), r.Type != replicate.Fay && r.Rho != 0:
		return failf(BadCase, "rho %v: Fay takes a number from 0 up to 1, the others none", r.Rho)
	}
	return nil
}

// Replicates are the weights that a recipe gives in replicates of its sample.
// The design weights of a replicate's units are multiplied by their factors and
// every step after the base is done again: eligibility, nonresponse, trimming,
// calibration. So their spread shows what all steps add to the variance, which
// linearisation knows for calibration alone. Two things stay as in the full
// sample: the classes of a collapse step, and the absence of rounding. The
// limits of a trim are for the weight of a unit that stands in the replicate once.
//
// A replicate is made when asked for, on its own, and does not depend on the
// others; methods may be called from several goroutines.
type Replicates struct {
	*replicate.Set

	data  *microdata.Data
	steps []Step
	base  []float64
	unit  []int32 // of each row
	units int
}

// Weights fills into, one place per row of the data, with the final weights of
// replicate k.
func (r *Replicates) Weights(k int, into []float64) error {
	if len(into) != len(r.base) {
		return failf(BadData, "the recipe was run on %d rows, and weights of %d are asked for", len(r.base), len(into))
	}
	factor := make([]float64, r.units)
	r.Factors(k, factor)
	w, times := make([]float64, len(r.base)), make([]float64, len(r.base))
	for row, d := range r.base {
		times[row] = factor[r.unit[row]]
		w[row] = d * times[row]
	}
	for _, s := range r.steps {
		if counting, ok := s.(interface{ inReplicate([]float64) Step }); ok {
			s = counting.inReplicate(times)
		}
		out, err := Apply(s, r.data, w)
		if err != nil {
			return fmt.Errorf("replicate %d: %w", k+1, err)
		}
		w = out.Weights
	}
	copy(into, w)
	return nil
}

// Each calls use with the weights of every replicate, in order. They are made
// on all processors, a few at a time; use must not keep the slice.
func (r *Replicates) Each(ctx context.Context, use func(k int, weights []float64) error) error {
	block := make([][]float64, runtime.GOMAXPROCS(0))
	for i := range block {
		block[i] = make([]float64, len(r.base))
	}
	for from := 0; from < r.Count(); from += len(block) {
		if err := ctx.Err(); err != nil {
			return err
		}
		var making errgroup.Group
		made := block[:min(len(block), r.Count()-from)]
		for i, w := range made {
			making.Go(func() error { return r.Weights(from+i, w) })
		}
		if err := making.Wait(); err != nil {
			return err
		}
		for i, w := range made {
			if err := use(from+i, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// replicates prepares the replicates of a recipe that has been done.
func (r *run) replicates() (*Replicates, error) {
	plan := r.recipe.Replicates
	units, of, err := r.units()
	if err != nil {
		return nil, err
	}
	set, err := replicate.New(replicate.Plan{Kind: plan.Type, Rho: plan.Rho, Count: plan.Count, Seed: plan.Seed, MSE: plan.MSE}, *units)
	if err != nil {
		return nil, failf(BadCase, "%v", err)
	}
	return &Replicates{Set: set, data: r.data, steps: r.steps, base: r.base, unit: of, units: len(units.Stratum)}, nil
}

// units resolves the first stage of the recipe's variance: each row's unit, and
// each unit's stratum.
func (r *run) units() (*replicate.Units, []int32, error) {
	v := r.recipe.Variance
	all := func(int) bool { return true }
	strata, err := groupBy(r.data, first(v.Strata), all)
	if err != nil {
		return nil, nil, err
	}
	of, count := make([]int32, r.data.Rows()), r.data.Rows()
	for row := range of {
		of[row] = int32(row)
	}
	if len(v.IDs) > 0 {
		columns := first(v.IDs)
		if v.Nest {
			columns = append(first(v.Strata), columns...)
		}
		g, err := groupBy(r.data, columns, all)
		if err != nil {
			return nil, nil, err
		}
		of, count = g.of, g.count()
	}
	u := &replicate.Units{Names: strata.labels, Stratum: make([]int32, count)}
	for unit := range u.Stratum {
		u.Stratum[unit] = -1
	}
	for row, unit := range of {
		if h := u.Stratum[unit]; h >= 0 && h != strata.of[row] {
			return nil, nil, failf(BadData, "row %d: its unit lies in stratum %s and in %s: set nest if codes are unique only inside a stratum",
				row+1, strata.labels[h], strata.labels[strata.of[row]])
		}
		u.Stratum[unit] = strata.of[row]
	}
	return u, of, r.population(u, of)
}

func first(columns []string) []string {
	if len(columns) == 0 {
		return nil
	}
	return []string{columns[0]}
}

// population reads the count of each stratum's units in the population. What
// the sampling fraction counts on the other side are the units that carry final
// weight: given these, the sample is one of them from the stratum.
func (r *run) population(u *replicate.Units, of []int32) error {
	if len(r.recipe.Variance.FPC) == 0 {
		return nil
	}
	name := r.recipe.Variance.FPC[0]
	c, err := r.data.Column(name)
	if err != nil {
		return failf(BadData, "%v", err)
	}
	if !c.IsNumeric() {
		return failf(BadData, "column %s holds text, and it is to count the units of a stratum", name)
	}
	u.Population, u.Taken = make([]float64, len(u.Names)), make([]int, len(u.Names))
	counted := make([]bool, len(u.Stratum))
	for row, unit := range of {
		h, n := u.Stratum[unit], c.Number[row]
		if math.IsNaN(n) || u.Population[h] != 0 && u.Population[h] != n {
			return failf(BadData, "column %s, row %d: %v units in stratum %s, elsewhere %v", name, row+1, n, u.Names[h], u.Population[h])
		}
		u.Population[h] = n
		if r.weights[row] > 0 && !counted[unit] {
			counted[unit] = true
			u.Taken[h]++
		}
	}
	return nil
}
