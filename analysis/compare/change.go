package compare

import (
	"context"
	"fmt"
	"math"
	"slices"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// ChangeRequest asks how means changed between two waves.
type ChangeRequest struct {
	Vars      []string
	Breakdown estimate.Breakdown
	Unit      string // column with the key of the unit, the same in both waves
	Level     float64
	DF        estimate.DF
}

// Change is the change of one mean in one domain.
type Change struct {
	Var           string
	Domain        []design.Level
	First, Second estimate.Estimate

	Difference float64 // second − first
	Covariance float64 // between the two estimates, from the units in both samples
	Overlap    float64 // standard error of the difference with the covariance
	Apart      float64 // standard error as if the samples were independent
	DF         float64 // the smaller of the two
}

// Changes estimates changes between two stratified element samples that share
// units. The covariance of two estimates is Σ_h (n_c − n₁n₂/N)·cov_c(z₁, z₂)
// over the n_c units common to both samples within stratum h (Tam 1984; Qualité
// & Tillé 2008). A unit that changed stratum adds none.
func Changes(ctx context.Context, first, second estimate.Source, spec design.Spec, req ChangeRequest) ([]Change, []estimate.Warning, error) {
	var waves [2]*wave
	for i, src := range []estimate.Source{first, second} {
		w, err := readWave(ctx, src, spec, req)
		if err != nil {
			return nil, nil, err
		}
		waves[i] = w
	}
	common := match(waves[0], waves[1])
	var changes []Change
	for _, v := range req.Vars {
		for _, d := range unionOfDomains(waves[0], waves[1]) {
			c, err := change(waves, common, v, d)
			if err != nil {
				return nil, nil, err
			}
			changes = append(changes, c)
		}
	}
	return changes, slices.Concat(waves[0].joint.Warnings, waves[1].joint.Warnings), nil
}

// wave is one of the two samples with its estimates and their weighted scores.
type wave struct {
	joint *estimate.Joint
	rows  map[string]int // row of each unit
	units []string       // unit of each row
}

func readWave(ctx context.Context, src estimate.Source, spec design.Spec, req ChangeRequest) (*wave, error) {
	r := estimate.Request{Breakdowns: []estimate.Breakdown{req.Breakdown}, Level: req.Level, DF: req.DF}
	for _, v := range req.Vars {
		r.Items = append(r.Items, estimate.Item{Stat: estimate.Mean, Var: v})
	}
	joint, err := estimate.RunJoint(ctx, src, spec, r, estimate.Column{Name: req.Unit, As: estimate.Category})
	if err != nil {
		return nil, err
	}
	if !joint.Sheet.Elements() {
		return nil, fmt.Errorf("change between waves is estimated for element samples only")
	}
	w := &wave{joint: joint, rows: make(map[string]int), units: make([]string, joint.Sheet.Rows())}
	codes, levels := joint.Sheet.Category(req.Unit)
	for row, code := range codes {
		if code < 0 || !joint.Sheet.In(row) {
			continue
		}
		key := levels[code]
		if other, met := w.rows[key]; met {
			return nil, &estimate.DataError{Column: req.Unit, Row: row + 1, Err: fmt.Errorf("unit %s stands in row %d of the same wave already", key, other+1)}
		}
		w.rows[key], w.units[row] = row, key
	}
	return w, nil
}

// stratum returns the number of a row's stratum.
func (w *wave) stratum(row int) int32 { return w.joint.Sheet.Design.Stages[0].Stratum[row] }

// find returns the number of the estimate of a variable in a domain, -1 if the
// wave has none.
func (w *wave) find(name string, domain []design.Level) int {
	return slices.IndexFunc(w.joint.Estimates, func(e estimate.Estimate) bool {
		return e.Item == name && slices.Equal(e.Domain, domain)
	})
}

func unionOfDomains(a, b *wave) [][]design.Level {
	var domains [][]design.Level
	for _, w := range []*wave{a, b} {
		for _, e := range w.joint.Estimates {
			if !slices.ContainsFunc(domains, func(d []design.Level) bool { return slices.Equal(d, e.Domain) }) {
				domains = append(domains, e.Domain)
			}
		}
	}
	return domains
}

// overlap is the common units of a stratum.
type overlap struct {
	factor        float64 // n_c − n₁n₂/N
	first, second []int   // their rows
}

// match finds the common units of each stratum, by the names of units and strata.
func match(a, b *wave) []overlap {
	strataA, strataB := a.joint.Sheet.Design.Stages[0].Strata, b.joint.Sheet.Design.Stages[0].Strata
	list := make([]overlap, len(strataA))
	partner := make([]int32, len(strataA)) // the second wave's number of the stratum
	for h, s := range strataA {
		partner[h] = -1
		for k, other := range strataB {
			if other.Name == s.Name {
				partner[h] = int32(k)
				list[h].factor = -float64(s.Units) * float64(other.Units) / s.Population
			}
		}
	}
	for row, key := range a.units {
		other, both := b.rows[key]
		if h := a.stratum(row); both && h >= 0 && partner[h] == b.stratum(other) {
			list[h].first, list[h].second = append(list[h].first, row), append(list[h].second, other)
		}
	}
	for h := range list {
		list[h].factor += float64(len(list[h].first))
	}
	return list
}

func change(waves [2]*wave, common []overlap, name string, domain []design.Level) (Change, error) {
	c := Change{Var: name, Domain: domain}
	i, j := waves[0].find(name, domain), waves[1].find(name, domain)
	if i < 0 || j < 0 {
		return c, fmt.Errorf("%s: the domain %v is in one of the waves only", name, domain)
	}
	c.First, c.Second = waves[0].joint.Estimates[i], waves[1].joint.Estimates[j]
	z1, z2 := waves[0].joint.Scores.U[i], waves[1].joint.Scores.U[j]
	for _, o := range common {
		if len(o.first) > 1 {
			c.Covariance += o.factor * covariance(z1, z2, o)
		}
	}
	v1, v2 := waves[0].joint.Covariance.At(i, i), waves[1].joint.Covariance.At(j, j)
	c.Difference = c.Second.Value - c.First.Value
	c.Overlap = estimate.StandardError(v1+v2-2*c.Covariance, c.Difference)
	c.Apart = estimate.StandardError(v1+v2, c.Difference)
	c.DF = math.Min(c.First.DF, c.Second.DF)
	return c, nil
}

// covariance is the sample covariance over common units.
func covariance(z1, z2 []float64, o overlap) float64 {
	n := float64(len(o.first))
	var mean1, mean2 float64
	for k := range o.first {
		mean1 += z1[o.first[k]] / n
		mean2 += z2[o.second[k]] / n
	}
	sum := 0.0
	for k := range o.first {
		sum += (z1[o.first[k]] - mean1) * (z2[o.second[k]] - mean2)
	}
	return sum / (n - 1)
}
