package disclosure

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/indicator"
	"barometer/analysis/table"
)

// respondents are the units of a made-up wave: a domain code per column, and
// the answers.
type respondents struct {
	sector, subsector, size, region []string
	answers                         map[string][]float64 // by indicator, NaN outside its base
	order                           []string             // of the indicators
}

// add adds n respondents with the same answers.
func (r *respondents) add(n int, subsector, size, region string, answers ...float64) {
	for range n {
		r.subsector = append(r.subsector, subsector)
		r.sector = append(r.sector, map[byte]string{'K': "kommune", 'R': "region", 'S': "stat"}[subsector[0]])
		r.size, r.region = append(r.size, size), append(r.region, region)
		for i, name := range r.order {
			r.answers[name] = append(r.answers[name], answers[i])
		}
	}
}

func newRespondents(indicators ...string) *respondents {
	return &respondents{order: indicators, answers: map[string][]float64{}}
}

// tabulate counts the answers by domain of the breakdowns.
func (r *respondents) tabulate(t *testing.T, item func(name string) string, breakdowns ...string) input {
	t.Helper()
	in := input{policy: policy(t), domains: (&indicator.Catalogue{Breakdowns: breakdowns}).Domains()}
	values := make([][]float64, len(r.order))
	for i, name := range r.order {
		values[i] = r.answers[name]
		in.indicators = append(in.indicators, table.Indicator{ID: name, Item: item(name), Kind: table.Share})
		for _, d := range in.domains {
			in.candidates = append(in.candidates, r.count(values[i], d))
		}
	}
	var err error
	if in.links.Relations, err = FindRelations(in.indicators, values); err != nil {
		t.Fatal(err)
	}
	return in
}

func (r *respondents) count(values []float64, d table.Domain) Candidate {
	columns := map[string][]string{"sector": r.sector, "subsector": r.subsector, "size": r.size, "region": r.region}
	values = slices.Clone(values)
	for _, l := range indicator.Levels(d) {
		for unit, level := range columns[l.Column] {
			if level != l.Level {
				values[unit] = nan
			}
		}
	}
	n, positive := 0, 0
	for _, x := range values {
		if !math.IsNaN(x) {
			n++
			positive += int(x)
		}
	}
	if n == 0 {
		return Candidate{Population: 4000}
	}
	return candidate(n, positive, 0.01)
}

type input struct {
	policy     Policy
	indicators []table.Indicator
	domains    []table.Domain
	candidates []Candidate
	links      Links
}

func (in input) apply() (*table.Table, error) {
	return Apply(in.policy, table.Meta{Wave: "2025"}, in.indicators, in.domains, in.candidates, in.links)
}

// statuses of the table by cell.
func (in input) statusesOf(t *table.Table) []table.Status {
	var list []table.Status
	for _, ind := range in.indicators {
		for _, d := range in.domains {
			c, _ := t.Cell(ind.ID, d.ID())
			list = append(list, c.Status())
		}
	}
	return list
}

// audit audits a table in which exactly the given statuses hold.
func (in input) audit(t *testing.T, statuses []table.Status) error {
	t.Helper()
	l, err := newLedger(in.indicators, in.domains, in.candidates, in.links.Relations)
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := l.pinned(in.links.Earlier)
	if err != nil {
		t.Fatal(err)
	}
	return audit(in.policy, l, pinned, in.table(t, statuses))
}

func (in input) table(t *testing.T, statuses []table.Status) *table.Table {
	t.Helper()
	tab, err := assemble(table.Meta{Wave: "2025"}, in.indicators, in.domains, in.candidates, statuses)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// primary are the statuses that the policy gives each cell by itself.
func (in input) primary(t *testing.T) []table.Status {
	t.Helper()
	statuses, err := in.policy.statuses(in.indicators, in.domains, in.candidates)
	if err != nil {
		t.Fatal(err)
	}
	return statuses
}

func (in input) index(indicator, domain string) int {
	i := slices.IndexFunc(in.indicators, func(x table.Indicator) bool { return x.ID == indicator })
	d := slices.IndexFunc(in.domains, func(x table.Domain) bool { return x.ID() == domain })
	return i*len(in.domains) + d
}

// exposed lists the cells that an error names, as "indicator × domain".
func exposed(err error) []string {
	var list []string
	var walk func(error)
	walk = func(err error) {
		var e *Exposed
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, part := range joined.Unwrap() {
				walk(part)
			}
		} else if errors.As(err, &e) {
			list = append(list, e.Indicator+" × "+e.Domain)
		}
	}
	walk(err)
	return list
}

func own(name string) string { return name }

// item is what stands before the point: the codes of one question.
func item(name string) string {
	before, _, _ := strings.Cut(name, ".")
	return before
}

var nan = math.NaN() // was not asked

// randomWave makes a random wave with questions of every kind: yes or no, one code of
// several, several codes, a question to those who said yes, and one to the rest.
func randomWave(t *testing.T, seed uint64, breakdowns ...string) input {
	rng := rand.New(rand.NewPCG(seed, 1))
	r := newRespondents("innov", "new.first", "new.adapted", "new.copy", "new.unknown", "new.reuse", "with.any", "with.state", "rare", "held.time", "held.money")
	bit := func(p float64) float64 { return map[bool]float64{true: 1}[rng.Float64() < p] }
	subsectors := []string{"K-DAG", "K-SKO", "K-AEL", "K-SOC", "K-SUN", "K-KUL", "K-TEK", "K-ADM", "R-SUN", "R-SOC", "R-ADM", "S-ADM", "S-RET", "S-VID", "S-UNG"}
	for range 400 + rng.IntN(600) {
		sub := subsectors[min(rng.IntN(15), rng.IntN(15))]
		size := []string{"1-19", "20-49", "50-99", "100+"}[min(rng.IntN(4), rng.IntN(4))]
		region := fmt.Sprint(1081 + rng.IntN(5))
		if bit(0.8) == 0 {
			r.add(1, sub, size, region, 0, nan, nan, nan, nan, nan, nan, nan, nan, bit(0.5), bit(0.2))
			continue
		}
		code := slices.Index([]bool{bit(0.2) == 1, bit(0.7) == 1, bit(0.8) == 1, true}, true)
		is := func(codes ...int) float64 { return map[bool]float64{true: 1}[slices.Contains(codes, code)] }
		with, state := bit(0.7), bit(0.3)
		r.add(1, sub, size, region, 1, is(0), is(1), is(2), is(3), is(1, 2), with, with*state, bit(0.04), nan, nan)
	}
	return r.tabulate(t, item, breakdowns...)
}
