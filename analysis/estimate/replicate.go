package estimate

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"barometer/analysis/variance"
	"barometer/weighting"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// Replicates are replicate weights: how many, how they make a variance, and
// the weights of one of them, filled into a slice of one a row. They are made
// as they are used, never held all at once, several at a time: Weights may be
// called from several goroutines.
type Replicates struct {
	variance.Replication
	Weights func(replicate int, into []float64) error

	set *replicate.Set // where the weights are factors on the sample's
}

// Replicate makes replicates of weights, one a row, from the stage-1 units of
// the design; the generalised kinds carry its later stages as well. Half-samples
// leave out the finite population correction, with a warning. A stratum with a single unit out of several is the error of the
// plan's kind, unless the design's rule lets it add nothing; by the rule
// "average" the others' variance then stands for it, unit by unit, and by
// "adjust" the jackknife has all strata stand for it.
func (s *Sample) Replicate(plan replicate.Plan, weights []float64) (*Replicates, error) {
	if plan.Kind == replicate.Generalised || plan.Kind == replicate.GeneralisedFay {
		return s.replicateForm(plan, weights)
	}
	u := s.replicated(plan.Kind)
	set, err := replicate.New(plan, u.Units)
	if err != nil {
		return nil, err
	}
	if s.Design.Lonely == design.Average {
		set.Scale *= float64(len(u.Stratum)) / float64(len(u.Stratum)-u.lonely)
	}
	return s.factored(set, len(u.Stratum), weights, func(row int) int32 { return u.number[s.firstUnit(row)] }), nil
}

// replicateForm makes replicates of the variance estimator itself, of all
// stages: their factors belong to last-stage units.
func (s *Sample) replicateForm(plan replicate.Plan, weights []float64) (*Replicates, error) {
	form, err := s.Design.Form()
	if err != nil {
		return nil, err
	}
	set, err := replicate.FromForm(plan, form)
	if err != nil {
		return nil, err
	}
	units := len(form.Stages[len(form.Stages)-1].Stratum)
	return s.factored(set, units, weights, func(row int) int32 { return int32(s.unit(row)) }), nil
}

// factored makes weights from the factors of units: unit tells that of a row.
func (s *Sample) factored(set *replicate.Set, units int, weights []float64, unit func(row int) int32) *Replicates {
	return &Replicates{Replication: replication(set), set: set,
		Weights: func(r int, into []float64) error {
			factors := make([]float64, units)
			set.Factors(r, factors)
			for row, w := range weights {
				into[row] = 0
				if s.in[row] {
					into[row] = w * factors[unit(row)]
				}
			}
			return nil
		}}
}

// replicated is the stage-1 units of a design as replicates see them.
type replicated struct {
	replicate.Units
	number []int32 // of each unit of the design among those in the sample
	lonely int     // units alone in their stratum that replicates leave alone
}

func (s *Sample) replicated(kind replicate.Kind) *replicated {
	stage := s.Design.Stages[0]
	u := &replicated{number: make([]int32, len(stage.Stratum))}
	for unit, h := range stage.Stratum {
		if h >= 0 {
			u.number[unit] = int32(len(u.Stratum))
			u.Stratum = append(u.Stratum, h)
		}
	}
	halves := kind == replicate.BRR || kind == replicate.Fay
	u.Apart = s.Design.Lonely == design.Adjust
	for _, h := range stage.Strata {
		u.Names = append(u.Names, h.Name)
		switch {
		case halves && !math.IsInf(h.Population, 1):
			s.Warnings = append(s.Warnings, Warning(fmt.Sprintf("stratum %s: half-samples leave out the finite population correction", h.Name)))
		case !halves && h.Units == 1 && s.Design.Lonely != design.Fail && s.Design.Lonely != design.Adjust:
			u.lonely++
			h.Population = 1 // as if all were taken
		}
		if !halves {
			u.Population = append(u.Population, h.Population)
		}
	}
	return u
}

// firstUnit returns the stage-1 unit of a row.
func (s *Sample) firstUnit(row int) int32 {
	unit := int32(s.unit(row))
	if s.psu != nil {
		return s.psu[unit]
	}
	return unit
}

func replication(set *replicate.Set) variance.Replication {
	return variance.Replication{Scale: set.Scale, RScale: set.RScale, MSE: set.MSE}
}

// FromRecipe returns the replicates of a weighting recipe, in which every step
// after the base weights is done again: eligibility, nonresponse, trimming and
// calibration show in the variance. The rows of the source to estimate from are
// those the recipe was run on (Rao, Wu & Yue 1992; Wolter 2007, §1.6).
func FromRecipe(r *weighting.Replicates) *Replicates {
	return &Replicates{Replication: replication(r.Set), Weights: r.Weights}
}

// RunReplicated estimates as [Run] does, with standard errors from replicates:
// v = scale · Σ rscale·(θ_r − centre)² (Wolter 2007). Estimates of a replicate
// are those of Run under its weights, made and thrown away by a processor at a
// time. Degrees of freedom are those of the design, never the rank of the
// weights. Reference implementation: R survey, svrepdesign with svymean.
//
// It is the way to carry a weighting recipe: see [FromRecipe]. For weights that
// no step has adjusted [RunPlanned] is faster.
func RunReplicated(ctx context.Context, src Source, spec design.Spec, req Request, reps *Replicates) ([]Estimate, []Warning, error) {
	estimates, warnings, err := Run(ctx, src, spec, req)
	if err != nil {
		return nil, nil, err
	}
	rows, evaluator, err := prepare(ctx, src, spec, req)
	if err != nil {
		return nil, nil, err
	}
	values, err := reps.evaluate(ctx, rows, evaluator)
	if err != nil {
		return nil, nil, err
	}
	one := make([]float64, len(values))
	for k := range estimates {
		for r := range values {
			one[r] = values[r][k]
		}
		estimates[k].byReplicates(reps.Replication, one, req.level())
	}
	return estimates, warnings, nil
}

// evaluator computes all estimates of a request under given weights.
type evaluator func(weights []float64) []float64

// prepare returns the number of rows and a maker of evaluators, each for one
// goroutine: from sums by pattern where all items are 0/1, else row by row.
func prepare(ctx context.Context, src Source, spec design.Spec, req Request) (rows int, maker func() evaluator, err error) {
	s, err := Resolve(ctx, src, spec)
	if err != nil {
		return 0, nil, err
	}
	parts, err := s.partitions(ctx, src, req.breakdowns())
	if err != nil {
		return 0, nil, err
	}
	table, err := s.tabulate(ctx, src, parts, req.Items)
	if err != nil {
		return 0, nil, err
	}
	if table != nil {
		return len(s.in), func() evaluator { return table.evaluator(parts, req.Items) }, nil
	}
	sh, err := Load(ctx, src, spec, itemColumns(req.Items)...)
	if err != nil {
		return 0, nil, err
	}
	p, err := sh.points(ctx, req)
	return sh.Rows(), func() evaluator { return p.values }, err
}

// evaluate returns all estimates in each replicate, replicates side by side on
// all processors. Each is computed by one of them, so their number changes no
// bit.
func (r *Replicates) evaluate(ctx context.Context, rows int, maker func() evaluator) ([][]float64, error) {
	out, workers := make([][]float64, len(r.RScale)), runtime.GOMAXPROCS(0)
	g, ctx := errgroup.WithContext(ctx)
	for worker := range min(workers, len(out)) {
		g.Go(func() error {
			weights, values := make([]float64, rows), maker()
			for k := worker; k < len(out); k += workers {
				if err := ctx.Err(); err != nil {
					return err
				}
				if err := r.Weights(k, weights); err != nil {
					return fmt.Errorf("replicate %d: %w", k+1, err)
				}
				out[k] = values(weights)
			}
			return nil
		})
	}
	return out, g.Wait()
}

// byReplicates takes the standard error and the interval from replicates.
func (e *Estimate) byReplicates(rep variance.Replication, values []float64, level float64) {
	linearised := e.SE * e.SE
	e.SE = StandardError(rep.Variance(e.Value, values), e.Value)
	e.Deff *= e.SE * e.SE / linearised
	half := TQuantile(level, e.DF) * e.SE
	e.Low, e.High = e.Value-half, e.Value+half
}
