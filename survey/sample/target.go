package sample

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"barometer/survey/sample/optimum"
)

// total is the domain of all units.
const total = "total"

// wish is a target in one category of its variable.
type wish struct {
	Target
	code      string
	strata    []int
	deviation []float64 // of each of the strata
}

func (w wish) String() string { return strings.TrimSpace(w.By + " " + w.code) }

// wishes resolves the plan's targets into domains of the frame.
func (p Plan) wishes(cells []*cell) ([]wish, error) {
	var wishes []wish
	var faults []error
	for _, t := range p.Allocation.Targets {
		domains, err := t.domains(cells, p.variables())
		if err != nil {
			faults = append(faults, err)
			continue
		}
		for _, code := range sortedKeys(domains) {
			w := wish{Target: t, code: code, strata: domains[code]}
			for _, i := range w.strata {
				d, err := stated("target by "+t.By+": deviations", t.Deviations, cells[i].Code, half)
				faults = append(faults, err)
				w.deviation = append(w.deviation, d)
			}
			wishes = append(wishes, w)
		}
	}
	return wishes, errors.Join(faults...)
}

// domains divides the strata by the target's variable, and keeps the category
// it is limited to.
func (t Target) domains(cells []*cell, all []variable) (map[string][]int, error) {
	domains := make(map[string][]int)
	for i, c := range cells {
		code := ""
		if t.By != total {
			code = *named(all, t.By).at(&c.Stratum)
			if code == "" {
				return nil, fmt.Errorf("target by %s: stratum %s holds units of several; stratify by it too", t.By, c.Code)
			}
		}
		domains[code] = append(domains[code], i)
	}
	if t.Code == "" {
		return domains, nil
	}
	if len(domains[t.Code]) == 0 {
		return nil, fmt.Errorf("target by %s: the frame has no %s", t.By, t.Code)
	}
	return map[string][]int{t.Code: domains[t.Code]}, nil
}

// meet raises the factor below which the strata of a wish would miss it. A
// domain that misses it even as a census is taken whole.
func (s *scale) meet(w wish, assume Assumptions) {
	domain, census := make([]layer, len(w.strata)), 0.0
	for k, i := range w.strata {
		domain[k] = layer{size: s.most[i], deviation: w.deviation[k]}
		if s.share[i] > 0 {
			census = max(census, s.most[i]/s.share[i])
		}
	}
	f := bisect(0, census, func(f float64) bool {
		for k, i := range w.strata {
			domain[k].take = min(s.most[i], max(s.least[i], f*s.share[i]))
		}
		return assume.halfWidth(domain) <= w.HalfWidth
	})
	for _, i := range w.strata {
		s.floor[i] = max(s.floor[i], f)
	}
}

// optimum is the cheapest allocation that meets the targets. A target beyond
// the frame is refused unless the plan caps; then its strata are taken whole.
func (p Plan) optimum(cells []*cell) ([]int, error) {
	wishes, err := p.wishes(cells)
	if err != nil {
		return nil, err
	}
	problem, err := p.problem(cells)
	if err != nil {
		return nil, err
	}
	assume := p.Allocation.assumptions()
	for _, w := range wishes {
		problem.Targets = append(problem.Targets, w.bound(problem.Most, assume))
	}
	if err := p.beyond(&problem, wishes); err != nil {
		return nil, err
	}
	takes, err := problem.Whole()
	if err != nil {
		return nil, err
	}
	sum := 0
	for _, n := range takes {
		sum += n
	}
	if p.Total > 0 && sum > p.Total {
		return nil, fmt.Errorf("the targets need %d units, the total is at most %d", sum, p.Total)
	}
	return takes, nil
}

// problem holds the strata's costs and limits.
func (p Plan) problem(cells []*cell) (optimum.Problem, error) {
	var problem optimum.Problem
	var faults []error
	for _, c := range cells {
		least := min(c.N, p.minimum())
		if c.N <= p.TakeAllUpTo {
			least = c.N
		}
		cost, err := stated("costs", p.Allocation.Costs, c.Code, 1)
		if err == nil && cost == 0 {
			err = fmt.Errorf("costs: a unit of stratum %s costs nothing; give it a positive cost", c.Code)
		}
		faults = append(faults, err)
		problem.Cost = append(problem.Cost, cost)
		problem.Least = append(problem.Least, float64(least))
		problem.Most = append(problem.Most, float64(c.N))
	}
	return problem, errors.Join(faults...)
}

// bound writes a wish as Σ A_h/n_h ≤ bound, by the variance of halfWidth.
func (w wish) bound(sizes []float64, assume Assumptions) optimum.Target {
	t := optimum.Target{Name: w.String(), Bound: math.Pow(w.HalfWidth/(100*z95), 2)}
	all := 0.0
	for _, i := range w.strata {
		all += sizes[i]
	}
	for k, i := range w.strata {
		d := sizes[i] / all * w.deviation[k]
		part := assume.DesignEffect * d * d
		t.Terms = append(t.Terms, optimum.Term{Stratum: i, A: part / assume.ResponseRate})
		t.Bound += part / sizes[i]
	}
	return t
}

// beyond refuses targets that even a census misses, or takes their strata
// whole.
func (p Plan) beyond(problem *optimum.Problem, wishes []wish) error {
	missed := problem.Unreachable()
	var faults []error
	for _, j := range missed {
		faults = append(faults, fmt.Errorf("target %s: half_width %v is missed even if all are taken, at response_rate %v (cap: true takes them all)",
			wishes[j], wishes[j].HalfWidth, p.Allocation.ResponseRate))
		for _, i := range wishes[j].strata {
			problem.Least[i] = problem.Most[i]
		}
	}
	if !p.Cap {
		return errors.Join(faults...)
	}
	for _, j := range slices.Backward(missed) {
		problem.Targets = slices.Delete(problem.Targets, j, j+1)
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
