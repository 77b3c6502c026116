package anonymise

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
)

// Risk is how well a workplace could be recognised by sector, subsector, size
// and region, before and after the file was made.
type Risk struct {
	L         int         `json:"l"`
	Sensitive []Diversity `json:"sensitive"`
	Before    Exposure    `json:"before"`
	After     Exposure    `json:"after"`
}

// Exposure is the risk of one state of a file.
type Exposure struct {
	Cells             int     `json:"cells"` // combinations that occur
	Smallest          int     `json:"smallest"`
	SampleUniques     int     `json:"sample_uniques"`     // records that are alone in their cell
	PopulationUniques float64 `json:"population_uniques"` // of these, expected to be alone in the population
	BelowK            int     `json:"below_k"`            // records in cells of fewer than k
	BelowPopulationK  int     `json:"below_population_k"` // records in cells that stand for fewer than k workplaces
	Alike             int     `json:"alike"`              // records in cells where a sensitive variable has fewer than l values
	Expected          float64 `json:"expected_reidentified"`
	Rate              float64 `json:"reidentification_rate"` // expected, of all records
	Highest           float64 `json:"highest_record_risk"`
	Sizes             []Band  `json:"sizes"` // records by the size of their cell
}

// Band counts records in cells of From to To records; To is 0 where it is open.
type Band struct {
	From    int `json:"from"`
	To      int `json:"to,omitempty"`
	Records int `json:"records"`
}

// Diversity is the smallest number of values that a sensitive variable has in a
// cell, before and after.
type Diversity struct {
	Variable string `json:"variable"`
	Before   int    `json:"before"`
	After    int    `json:"after"`
}

// assessRisk compares the cells of the records as they were with those that are
// published.
//
// The risk of a record is the chance that a workplace of its cell, picked at
// random from all in the population that are like it, is the right one: E(1/F |
// f), where F is the cell's size in the population and f that in the file. F is
// taken to be negative binomial given f, with f/Σw for the sampling fraction
// (Benedetti and Franconi 1998; Franconi and Polettini 2004). The sum over
// records is the number expected to be recognised by one who knows the
// background of every workplace and knows who answered nobody. Assumption:
// weights that are about the inverse of the chance of being in the file; where
// the cell is small the estimate is rough, and nearer 1 than it should be where
// the fraction is large.
func assessRisk(records []record, before []background, p Policy) *Risk {
	then := make([]record, len(records))
	for i, r := range records {
		then[i] = r
		then[i].background = before[i]
	}
	was, is := cells(then), cells(records)
	r := &Risk{L: p.L, Before: exposure(was, p), After: exposure(is, p)}
	for i, name := range p.Sensitive {
		r.Sensitive = append(r.Sensitive, Diversity{name, leastValues(was, i), leastValues(is, i)})
	}
	return r
}

// bands are the sizes of cells that records are counted by.
var bands = []Band{{From: 1, To: 1}, {From: 2, To: 2}, {From: 3, To: 4}, {From: 5, To: 9}, {From: 10, To: 19}, {From: 20, To: 49}, {From: 50}}

func exposure(cells map[background]*tally, p Policy) Exposure {
	e := Exposure{Cells: len(cells), Sizes: append([]Band(nil), bands...), Smallest: math.MaxInt}
	all := 0
	for _, key := range sortedCells(cells) {
		t := cells[key]
		all += t.records
		e.Smallest = min(e.Smallest, t.records)
		fraction := min(1, float64(t.records)/t.workplaces)
		risk := recordRisk(t.records, fraction)
		e.Expected += float64(t.records) * risk
		e.Highest = max(e.Highest, risk)
		if t.records == 1 {
			e.SampleUniques++
			e.PopulationUniques += fraction
		}
		for i := range e.Sizes {
			if b := &e.Sizes[i]; t.records >= b.From && (b.To == 0 || t.records <= b.To) {
				b.Records += t.records
			}
		}
		e.count(*t, p)
	}
	e.Rate = e.Expected / float64(all)
	return e
}

// count adds the records of a cell that the policy would not let stand.
func (e *Exposure) count(t tally, p Policy) {
	if t.records < p.K {
		e.BelowK += t.records
	}
	if t.workplaces < float64(p.K) {
		e.BelowPopulationK += t.records
	}
	if t.alike(p.L) {
		e.Alike += t.records
	}
}

// recordRisk is E(1/F | f) for a negative binomial F of f successes with chance
// p: p·∫₀¹ t^(f−1)/(p + (1−p)t) dt.
func recordRisk(f int, p float64) float64 {
	if p >= 1 {
		return 1 / float64(f)
	}
	if f == 1 {
		return p / (1 - p) * math.Log(1/p)
	}
	inner := func(t float64) float64 { return math.Pow(t, float64(f-1)) / (p + (1-p)*t) }
	return p * quad.Fixed(inner, 0, 1, 100, quad.Legendre{}, 0)
}

func leastValues(cells map[background]*tally, variable int) int {
	least := math.MaxInt
	for _, t := range cells {
		least = min(least, bitsIn(t.values[variable]))
	}
	return least
}
