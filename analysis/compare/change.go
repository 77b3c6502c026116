package compare

import (
	"context"
	"fmt"
	"math"
	"slices"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// Wave is a sample with its design.
type Wave struct {
	Source estimate.Source
	Spec   design.Spec
}

// ChangeRequest asks how means changed between two waves.
type ChangeRequest struct {
	Vars       []string
	Breakdowns []estimate.Breakdown // none: the whole population
	Unit       string               // column with the key of the unit, the same in both waves; "" = the samples are independent
	Level      float64
	DF         estimate.DF
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

// Differences is what [Changes] finds.
type Differences struct {
	Changes  []Change // variable by variable, domains in the order of the first wave
	Alone    []Alone  // what only one of the waves has
	Common   int      // units in both samples
	Matched  int      // of these, in the same stratum both times
	Warnings []estimate.Warning
}

// Alone is a domain that one of the waves has no rows of.
type Alone struct {
	Var    string
	Domain []design.Level
}

// Changes estimates changes between two stratified element samples that may
// share units.
//
// Estimand: the mean of the second wave's population less that of the first, in
// units of y, by domain. Its variance is V₁ + V₂ − 2C, with C = Σ_h (n_c −
// n₁n₂/N)·cov_c(z₁, z₂) over the n_c units common to both samples within stratum
// h (Tam 1984; Qualité & Tillé 2008). Where the stratum's population changed, N
// is the larger one: n₁n₂/N is then the expected overlap when no unit left. A
// unit that changed stratum adds none. Assumption: each sample is a simple random
// one within strata, given the units they share. Reference implementation: none
// with population counts, overlap and domains; with full overlap the mean of the
// differences, R survey, svymean.
func Changes(ctx context.Context, first, second Wave, req ChangeRequest) (*Differences, error) {
	var waves [2]*sampled
	for i, w := range []Wave{first, second} {
		s, err := readWave(ctx, w, req)
		if err != nil {
			return nil, err
		}
		waves[i] = s
	}
	d := &Differences{Warnings: slices.Concat(waves[0].joint.Warnings, waves[1].joint.Warnings)}
	common := match(waves[0], waves[1], d)
	for _, v := range req.Vars {
		for _, domain := range unionOfDomains(waves[0], waves[1]) {
			i, j := waves[0].find(v, domain), waves[1].find(v, domain)
			if i < 0 || j < 0 {
				d.Alone = append(d.Alone, Alone{v, domain})
				continue
			}
			d.Changes = append(d.Changes, change(waves, common, i, j))
		}
	}
	return d, nil
}

// sampled is one of the two samples with its estimates and their weighted scores.
type sampled struct {
	joint *estimate.Joint
	rows  map[string]int // row of each unit
	units []string       // unit of each row, "" outside the sample
}

func readWave(ctx context.Context, w Wave, req ChangeRequest) (*sampled, error) {
	r := estimate.Request{Breakdowns: req.Breakdowns, Level: req.Level, DF: req.DF}
	for _, v := range req.Vars {
		r.Items = append(r.Items, estimate.Item{Stat: estimate.Mean, Var: v})
	}
	var further []estimate.Column
	if req.Unit != "" {
		further = append(further, estimate.Column{Name: req.Unit, As: estimate.Category})
	}
	joint, err := estimate.RunScores(ctx, w.Source, w.Spec, r, further...)
	if err != nil {
		return nil, err
	}
	if !joint.Sheet.Elements() {
		return nil, fmt.Errorf("change between waves is estimated for element samples only")
	}
	s := &sampled{joint: joint, rows: make(map[string]int), units: make([]string, joint.Sheet.Rows())}
	if req.Unit == "" {
		return s, nil
	}
	return s, s.identify(req.Unit)
}

// identify finds the row of each unit of the sample.
func (s *sampled) identify(unit string) error {
	codes, levels := s.joint.Sheet.Category(unit)
	for row, code := range codes {
		if code < 0 || !s.joint.Sheet.In(row) {
			continue
		}
		key := levels[code]
		if other, met := s.rows[key]; met {
			return &estimate.DataError{Column: unit, Row: row + 1, Err: fmt.Errorf("unit %s stands in row %d of the same wave already", key, other+1)}
		}
		s.rows[key], s.units[row] = row, key
	}
	return nil
}

// stratum returns the number of a row's stratum.
func (s *sampled) stratum(row int) int32 { return s.joint.Sheet.Design.Stages[0].Stratum[row] }

// find returns the number of the estimate of a variable in a domain, -1 if the
// wave has none.
func (s *sampled) find(name string, domain []design.Level) int {
	return slices.IndexFunc(s.joint.Estimates, func(e estimate.Estimate) bool {
		return e.Item == name && slices.Equal(e.Domain, domain)
	})
}

func unionOfDomains(a, b *sampled) [][]design.Level {
	var domains [][]design.Level
	for _, s := range []*sampled{a, b} {
		for _, e := range s.joint.Estimates {
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

// match finds the common units of each stratum, by the names of units and
// strata, and counts them.
func match(a, b *sampled, d *Differences) []overlap {
	strataA, strataB := a.joint.Sheet.Design.Stages[0].Strata, b.joint.Sheet.Design.Stages[0].Strata
	list := make([]overlap, len(strataA))
	partner := make([]int32, len(strataA)) // the second wave's number of the stratum
	for h, s := range strataA {
		partner[h] = -1
		for k, other := range strataB {
			if other.Name == s.Name {
				partner[h] = int32(k)
				list[h].factor = -float64(s.Units) * float64(other.Units) / math.Max(s.Population, other.Population)
			}
		}
	}
	for row, key := range a.units {
		other, both := b.rows[key]
		if key == "" || !both {
			continue
		}
		d.Common++
		if h := a.stratum(row); h >= 0 && partner[h] == b.stratum(other) {
			d.Matched++
			list[h].first, list[h].second = append(list[h].first, row), append(list[h].second, other)
		}
	}
	for h := range list {
		list[h].factor += float64(len(list[h].first))
	}
	return list
}

// change compares estimate i of the first wave with estimate j of the second.
func change(waves [2]*sampled, common []overlap, i, j int) Change {
	c := Change{First: waves[0].joint.Estimates[i], Second: waves[1].joint.Estimates[j]}
	c.Var, c.Domain = c.First.Item, c.First.Domain
	z1, z2 := waves[0].joint.Scores.U[i], waves[1].joint.Scores.U[j]
	for _, o := range common {
		if len(o.first) > 1 {
			c.Covariance += float64(o.factor * covariance(z1, z2, o))
		}
	}
	c.Difference = c.Second.Value - c.First.Value
	c.Overlap = c.error(c.First.SE, c.Second.SE, c.Covariance)
	c.Apart = c.error(c.First.SE, c.Second.SE, 0)
	c.DF = math.Min(c.First.DF, c.Second.DF)
	return c
}

// error is the standard error of the difference of two estimates.
func (c *Change) error(se1, se2, covariance float64) float64 {
	return estimate.StandardError(float64(se1*se1)+float64(se2*se2)-float64(2*covariance), c.Difference)
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
		sum += float64((z1[o.first[k]] - mean1) * (z2[o.second[k]] - mean2))
	}
	return sum / (n - 1)
}
