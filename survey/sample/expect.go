package sample

import "fmt"

// Expectation is what an allocation promises for one planning domain.
type Expectation struct {
	By        string  `json:"by"` // "subsector"; "total" for all units
	Code      string  `json:"code"`
	N         int     `json:"units"`      // in the frame
	Take      int     `json:"sample"`     // selected
	Responses float64 `json:"responses"`  // expected
	HalfWidth float64 `json:"half_width"` // of the 95 % interval of a share of one half, in percentage points
	Wanted    float64 `json:"wanted"`     // half-width by the plan's targets for a share of one half, 0 where none
}

// Missed reports whether the domain is expected to miss its target.
func (e Expectation) Missed() bool { return e.Wanted > 0 && e.HalfWidth > e.Wanted+0.05 }

// Expect returns the planning table of an allocation under the assumptions:
// the total, then every category of sector, subsector, size, region and the
// plan's own classes that strata do not cut across, each beside the target it
// has.
func (p Plan) Expect(strata []Stratum, assume Assumptions) ([]Expectation, error) {
	if err := assume.check(); err != nil {
		return nil, fmt.Errorf("planning table: %w", err)
	}
	table := []Expectation{assume.expect(total, "", strata)}
	for _, v := range p.variables() {
		groups, cut := group(strata, v)
		if cut {
			continue
		}
		for _, code := range v.Values() {
			if len(groups[code]) > 0 {
				table = append(table, assume.expect(v.Name, code, groups[code]))
			}
		}
	}
	for i := range table {
		table[i].want(p.Allocation.Targets)
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

func (a Assumptions) expect(by, code string, strata []Stratum) Expectation {
	e := Expectation{By: by, Code: code}
	domain := make([]layer, len(strata))
	for i, s := range strata {
		e.N += s.N
		e.Take += s.Take
		domain[i] = layer{size: float64(s.N), take: float64(s.Take), deviation: half}
	}
	e.Responses = a.ResponseRate * float64(e.Take)
	e.HalfWidth = a.halfWidth(domain)
	return e
}

// want notes the narrowest target of the domain.
func (e *Expectation) want(targets []Target) {
	for _, t := range targets {
		meant := t.By == e.By && (t.Code == "" || t.Code == e.Code) && t.Deviations == nil
		if meant && (e.Wanted == 0 || t.HalfWidth < e.Wanted) {
			e.Wanted = t.HalfWidth
		}
	}
}
