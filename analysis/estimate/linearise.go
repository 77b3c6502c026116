package estimate

import (
	"fmt"
	"math"
	"runtime"
	"sync"

	"barometer/analysis/variance"
)

// estimator turns moments into estimates. Its slices are scratch space, reused
// from estimate to estimate.
type estimator struct {
	*reduction
	req Request
	t   map[float64]float64 // quantiles of the t distribution

	moments []moment // of the current item
	scratch []moment

	cellOf  []int32 // cell of each group in the current domain, -1 if none
	spreads []variance.Spread
	z       []float64 // totals of last-stage units
	entered []bool    // of last-stage units
	fitted  []float64 // x′B of each pattern, all steps
	fit     []float64 // of one step
	scores  []float64
	before  [][]float64 // Σd of each pattern, by step
}

// estimates computes all estimates in the order promised by Run, items side by
// side.
func (r *reduction) estimates(req Request) ([]Estimate, error) {
	at, n := positions(r.parts, len(req.Items))
	out := make([]Estimate, n)
	workers := min(runtime.GOMAXPROCS(0), len(req.Items))
	faults := make([]error, len(req.Items))
	var g sync.WaitGroup
	for worker := range workers {
		g.Go(func() {
			e := newEstimator(r, req)
			for i := worker; i < len(req.Items); i += workers {
				for p, part := range r.parts {
					if faults[i] == nil {
						faults[i] = e.domains(p, i, out[at[i][p]:][:len(part.domains)])
					}
				}
			}
		})
	}
	g.Wait()
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// domains computes an item in all domains of a partition.
func (e *estimator) domains(p, i int, out []Estimate) error {
	part, item := e.parts[p], e.req.Items[i]
	e.moments = e.sums[p][i].in(&e.scratch)
	for d := range part.domains {
		e.enter(part, d)
		est, err := e.estimate(part, d, item)
		if err != nil {
			return fmt.Errorf("%s of %s, %s: %w", item.Stat, item.Name(), domainText(part.domains[d]), err)
		}
		out[d] = est
		e.leave(part, d)
	}
	return nil
}

// positions returns where the estimates of each item in each partition start,
// and how many there are in all.
func positions(parts []*partition, items int) (at [][]int, n int) {
	at = make([][]int, items)
	for i := range at {
		for _, part := range parts {
			at[i] = append(at[i], n)
			n += len(part.domains)
		}
	}
	return at, n
}

func newEstimator(r *reduction, req Request) *estimator {
	s := r.sample
	e := &estimator{reduction: r, req: req, t: make(map[float64]float64), cellOf: make([]int32, len(s.groups))}
	for g := range e.cellOf {
		e.cellOf[g] = -1
	}
	stages := s.Design.Stages
	if s.Elements() {
		e.spreads = make([]variance.Spread, len(stages[0].Strata))
	} else {
		units := len(stages[len(stages)-1].Stratum)
		e.z, e.entered = make([]float64, units), make([]bool, units)
	}
	for k, st := range s.steps {
		e.before = append(e.before, make([]float64, len(st.x)))
		for _, g := range s.groups {
			e.before[k][g.pattern] += g.before[k]
		}
	}
	if len(s.steps) > 0 {
		patterns := len(s.steps[0].x)
		e.fitted, e.fit, e.scores = make([]float64, patterns), make([]float64, patterns), make([]float64, patterns)
	}
	return e
}

// enter notes which cell of each group is in the domain.
func (e *estimator) enter(p *partition, domain int) {
	for _, c := range p.members[domain] {
		e.cellOf[p.cells[c].group] = c
	}
}

func (e *estimator) leave(p *partition, domain int) {
	for _, c := range p.members[domain] {
		e.cellOf[p.cells[c].group] = -1
	}
}

// estimate computes an item in one domain.
func (e *estimator) estimate(part *partition, domain int, it Item) (Estimate, error) {
	moments, cells := e.moments, part.members[domain]
	t := sumCells(moments, cells)
	est := Estimate{Item: it.Name(), Domain: part.domains[domain],
		N: t.n, Positive: t.positive, SumWeights: t.w, Deff: math.NaN()}
	if t.n == 0 {
		est.Value, est.SE = math.NaN(), math.NaN()
		if it.Stat == Total || it.Stat == Count {
			est.Value, est.SE = 0, 0 // a sum over nobody
		}
		est.DF = e.degrees(part, moments, cells)
		est.Low, est.High = e.interval(est)
		return est, nil
	}
	u := linearise(it.Stat, &t)
	est.Value = u.value
	v, err := e.variance(part, moments, cells, u)
	if err != nil {
		return est, err
	}
	est.SE = StandardError(v, est.Value)
	est.DF = e.degrees(part, moments, cells)
	est.Low, est.High = e.interval(est)
	est.Deff = e.deff(it.Stat, est, v, &t)
	return est, nil
}

// sumCells adds the moments of a domain's cells, as far as sums go.
func sumCells(moments []moment, cells []int32) moment {
	var t moment
	for _, c := range cells {
		m := &moments[c]
		if m.n == 0 {
			continue
		}
		if t.n == 0 {
			t.centreA, t.centreB = m.centreA, m.centreB
		}
		da, db := m.centreA-t.centreA, m.centreB-t.centreB
		a, b, yy := m.a, m.b, m.yy
		if da != 0 || db != 0 {
			a, b, yy = a+float64(da*m.w), b+float64(db*m.w), yy+(float64(2*da*m.a)+float64(da*da*m.w))
		}
		t.n, t.positive = t.n+m.n, t.positive+m.positive
		t.w, t.a, t.b, t.yy = t.w+m.w, t.a+a, t.b+b, t.yy+yy
	}
	return t
}

// score is a linearised variable: u = slope·(a − ratio·b) in the domain, 0
// outside (Woodruff 1971; Binder 1983).
type score struct{ value, slope, ratio float64 }

func linearise(s Stat, t *moment) score {
	switch s {
	case Total, Count:
		return score{value: t.a + float64(t.centreA*t.w), slope: 1}
	case Ratio:
		x := t.b + float64(t.centreB*t.w)
		r := (t.a + float64(t.centreA*t.w)) / x
		return score{value: r, slope: 1 / x, ratio: r}
	}
	mean := t.centreA + t.a/t.w
	return score{value: mean, slope: 1 / t.w, ratio: mean}
}

// in returns the score as a linear combination of what a cell knows.
func (u score) in(m *moment) linear {
	return linear{a: u.slope, b: -u.slope * u.ratio, w: u.slope * (m.centreA - float64(u.ratio*m.centreB))}
}

// variance returns the variance of the total of a linearised variable.
func (e *estimator) variance(part *partition, moments []moment, cells []int32, u score) (float64, error) {
	clear(e.spreads)
	clear(e.z)
	clear(e.entered)
	if len(e.sample.steps) == 0 {
		for _, c := range cells {
			if m := &moments[c]; m.n > 0 {
				mean, square := m.spread(u.in(m))
				e.put(e.sample.groups[part.cells[c].group].home, m.n, mean, square)
			}
		}
	} else {
		e.fitSteps(part, moments, cells, u)
		e.putResiduals(moments, u)
	}
	if e.sample.Elements() {
		return e.sample.Design.FromSpreads(e.spreads)
	}
	return e.sample.Design.FromUnits(e.z, e.entered)
}

// put adds rows to their stratum or unit.
func (e *estimator) put(home int32, n int, mean, square float64) {
	if e.spreads != nil {
		e.spreads[home].Merge(n, mean, square)
		e.spreads[home].FromDomain = true
		return
	}
	e.z[home] += mean * float64(n)
	e.entered[home] = true
}

// fitSteps leaves in e.fitted what the calibrations explain of u, by pattern.
func (e *estimator) fitSteps(part *partition, moments []moment, cells []int32, u score) {
	clear(e.fitted)
	for k, st := range e.sample.steps {
		for p, f := range e.fitted {
			e.scores[p] = -f * e.before[k][p]
		}
		for _, c := range cells {
			m := &moments[c]
			if m.n == 0 {
				continue
			}
			in, d := u.in(m), m.before[k]
			e.scores[e.sample.groups[part.cells[c].group].pattern] += float64(in.a*d.a) + float64(in.b*d.b) + float64(in.w*d.d)
		}
		for p, h := range st.later {
			e.scores[p] *= h
		}
		st.fit(e.scores, e.fit)
		for p, f := range e.fit {
			e.fitted[p] += st.explained(f, int32(p))
		}
	}
}

// putResiduals adds u − x′B of every row of the sample: inside the domain, and
// outside it where u is 0.
func (e *estimator) putResiduals(moments []moment, u score) {
	for g := range e.sample.groups {
		gr := &e.sample.groups[g]
		f := e.fitted[gr.pattern]
		var inside moment
		if c := e.cellOf[g]; c >= 0 {
			inside = moments[c]
		}
		if inside.n > 0 {
			in := u.in(&inside)
			in.w -= f
			mean, square := inside.spread(in)
			e.put(gr.home, inside.n, mean, square)
		}
		if n := gr.n - inside.n; n > 0 {
			mean, square := gr.outside(&inside)
			e.put(gr.home, n, -f*mean, f*f*square)
		}
	}
}

// outside returns mean and sum of squared deviations of the weights of the
// group's rows that are not in the domain.
func (g *group) outside(inside *moment) (mean, square float64) {
	n := float64(g.n - inside.n)
	mean = (g.weight - inside.w) / n
	square = g.spread - inside.ww
	if inside.n > 0 {
		m := float64(inside.n)
		apart := inside.w/m - mean
		square -= apart * apart * m * n / (m + n)
	}
	return mean, max(0, square)
}

// degrees counts the degrees of freedom of an estimate.
func (e *estimator) degrees(part *partition, moments []moment, cells []int32) float64 {
	switch e.req.DF.Rule {
	case FixedDF:
		return e.req.DF.Fixed
	case DomainDF:
		return float64(e.domainDF(part, moments, cells))
	}
	return float64(e.sample.Design.DF())
}

// domainDF counts stage-1 units less strata among those that hold rows.
func (e *estimator) domainDF(part *partition, moments []moment, cells []int32) int {
	first := e.sample.Design.Stages[0]
	units, strata := make(map[int32]bool), make(map[int32]bool)
	n := 0
	for _, c := range cells {
		if moments[c].n == 0 {
			continue
		}
		home := e.sample.groups[part.cells[c].group].home
		if e.sample.Elements() {
			n += moments[c].n
			strata[home] = true
			continue
		}
		if e.sample.psu != nil {
			home = e.sample.psu[home]
		}
		units[home] = true
		strata[first.Stratum[home]] = true
	}
	return n + len(units) - len(strata)
}

// noise is the limit of rounding: a standard error this small beside its estimate
// is the noise of an exact zero.
const noise = 1e-9

// StandardError is the square root of a variance, 0 where it is the noise of an
// exact 0 beside its estimate.
func StandardError(v, value float64) float64 {
	se := math.Sqrt(max(v, 0))
	if se < noise*math.Abs(value) {
		return 0
	}
	return se
}
