package sample

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// z95 is the 97.5 % point of the standard normal distribution.
const z95 = 1.959963984540054

// Expectation is what an allocation promises for one planning domain.
type Expectation struct {
	By, Code  string  // "subsector", "K-DAG"; "total" and "" for all units
	N         int     // units in the frame
	Take      int     // units selected
	Responses float64 // expected
	HalfWidth float64 // of the 95 % interval of a share of one half, in percentage points
}

// Expect returns the planning table of an allocation at an assumed response
// rate, the same in every stratum: the total, then every category of sector,
// subsector, size and region that strata do not cut across.
//
// The half-width is 1.96·√(Σ (N_h/N)²·(1 − r_h/N_h)·¼/r_h), respondents being
// taken as a simple random sample of r_h units of their stratum (Cochran 1977,
// Sampling Techniques, chapter 5, with the variance of a share of one half).
func Expect(strata []Stratum, responseRate float64) ([]Expectation, error) {
	if !(responseRate > 0 && responseRate <= 1) {
		return nil, fmt.Errorf("expected response rate %v: must be above 0 and at most 1", responseRate)
	}
	table := []Expectation{expect("total", "", strata, responseRate)}
	for _, v := range variables() {
		groups, cut := group(strata, v)
		if cut {
			continue
		}
		for _, code := range v.Values() {
			if len(groups[code]) > 0 {
				table = append(table, expect(v.Name, code, groups[code], responseRate))
			}
		}
	}
	return table, nil
}

// group divides strata by the code they share, and reports whether some
// stratum holds several.
func group(strata []Stratum, v variable) (groups map[string][]Stratum, cut bool) {
	groups = make(map[string][]Stratum)
	for _, s := range strata {
		code := *v.at(&s)
		if code == "" {
			return nil, true
		}
		groups[code] = append(groups[code], s)
	}
	return groups, false
}

func expect(by, code string, strata []Stratum, rate float64) Expectation {
	e := Expectation{By: by, Code: code}
	sizes, takes := make([]float64, len(strata)), make([]float64, len(strata))
	for i, s := range strata {
		e.N += s.N
		e.Take += s.Take
		sizes[i], takes[i] = float64(s.N), float64(s.Take)
	}
	e.Responses = rate * float64(e.Take)
	e.HalfWidth = halfWidth(sizes, takes, rate)
	return e
}

func halfWidth(sizes, takes []float64, rate float64) float64 {
	var all, variance float64
	for _, n := range sizes {
		all += n
	}
	for i, n := range sizes {
		responses := rate * takes[i]
		weight := n / all
		variance += weight * weight * (1 - responses/n) * 0.25 / responses
	}
	return 100 * z95 * math.Sqrt(variance)
}

// meet sets the factors below which strata would miss a precision target. A
// domain that misses it even as a census is taken whole.
func (s *scale) meet(a Allocation) error {
	for _, t := range a.Targets {
		v := variableNamed(t.By)
		domains := make(map[string][]int)
		for i, c := range s.cells {
			code := *v.at(&c.Stratum)
			if code == "" {
				return fmt.Errorf("target by %s: stratum %s holds units of several; stratify by it too", t.By, c.Code)
			}
			domains[code] = append(domains[code], i)
		}
		for _, code := range sortedKeys(domains) {
			f := s.lowest(domains[code], t.HalfWidth, a.ResponseRate)
			for _, i := range domains[code] {
				s.floor[i] = max(s.floor[i], f)
			}
		}
	}
	return nil
}

// lowest returns the factor at which the strata of a domain just meet the
// half-width, or the one that takes them all.
func (s *scale) lowest(domain []int, wanted, rate float64) float64 {
	sizes, takes, census := make([]float64, len(domain)), make([]float64, len(domain)), 0.0
	for k, i := range domain {
		sizes[k] = s.most[i]
		if s.share[i] > 0 {
			census = max(census, s.most[i]/s.share[i])
		}
	}
	return bisect(0, census, func(f float64) bool {
		for k, i := range domain {
			takes[k] = min(s.most[i], max(s.least[i], f*s.share[i]))
		}
		return halfWidth(sizes, takes, rate) <= wanted
	})
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
