package disclosure

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

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

func TestWhatSubtractionGivesAwayIsSuppressed(t *testing.T) {
	cases := []struct {
		name      string
		in        func(*testing.T) input
		secret    string     // the confidential cell
		equations [][]string // what it can be worked out by: each adds to zero with some signs
	}{
		{"the total and its sectors", func(t *testing.T) input {
			r := newRespondents("a")
			yes(r, 40, 20, "K-DAG", "20-49", "1081")
			yes(r, 40, 2, "R-SUN", "20-49", "1081")
			yes(r, 40, 20, "S-ADM", "20-49", "1081")
			return r.tabulate(t, own, "total", "sector")
		}, "a × sector:region", [][]string{{"a × total", "a × sector:kommune", "a × sector:region", "a × sector:stat"}}},
		{"a sector and its subsectors", func(t *testing.T) input {
			r := newRespondents("a")
			yes(r, 40, 20, "R-SUN", "20-49", "1081")
			yes(r, 40, 2, "R-SOC", "20-49", "1081")
			yes(r, 40, 20, "R-ADM", "20-49", "1081")
			return r.tabulate(t, own, "sector", "subsector")
		}, "a × subsector:R-SOC", [][]string{{"a × sector:region", "a × subsector:R-SUN", "a × subsector:R-SOC", "a × subsector:R-ADM"}}},
		{"a sector by size and a size by sector", func(t *testing.T) input {
			r := newRespondents("a")
			for _, sub := range []string{"K-DAG", "R-SUN", "S-ADM"} {
				for _, size := range []string{"1-19", "20-49"} {
					positive := 20
					if sub == "K-DAG" && size == "1-19" {
						positive = 38
					}
					yes(r, 40, positive, sub, size, "1081")
				}
			}
			return r.tabulate(t, own, "sector", "size", "sector_size")
		}, "a × sector_size:kommune:1-19", [][]string{
			{"a × sector:kommune", "a × sector_size:kommune:1-19", "a × sector_size:kommune:20-49"},
			{"a × sector:region", "a × sector_size:region:1-19", "a × sector_size:region:20-49"},
			{"a × sector:stat", "a × sector_size:stat:1-19", "a × sector_size:stat:20-49"},
			{"a × size:1-19", "a × sector_size:kommune:1-19", "a × sector_size:region:1-19", "a × sector_size:stat:1-19"},
			{"a × size:20-49", "a × sector_size:kommune:20-49", "a × sector_size:region:20-49", "a × sector_size:stat:20-49"},
		}},
		{"codes that add to their base", func(t *testing.T) input {
			r := newRespondents("c.x", "c.y", "c.z")
			r.add(20, "K-DAG", "20-49", "1081", 1, 0, 0)
			r.add(20, "K-DAG", "20-49", "1081", 0, 1, 0)
			r.add(2, "K-DAG", "20-49", "1081", 0, 0, 1)
			return r.tabulate(t, item, "total")
		}, "c.z × total", [][]string{{"c.x × total", "c.y × total", "c.z × total"}}},
		{"a code that two others add up to", func(t *testing.T) input {
			r := newRespondents("c.x", "c.y", "c.both")
			r.add(20, "K-DAG", "20-49", "1081", 1, 0, 1)
			r.add(2, "K-DAG", "20-49", "1081", 0, 1, 1)
			r.add(20, "K-DAG", "20-49", "1081", 0, 0, 0)
			return r.tabulate(t, item, "total")
		}, "c.y × total", [][]string{{"c.x × total", "c.y × total", "c.both × total"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := c.in(t)
			if err := in.audit(t, in.primary(t)); !slices.Contains(exposed(err), c.secret) {
				t.Errorf("with primary suppression alone the audit says: %v", err)
			}
			tab, err := in.apply()
			if err != nil {
				t.Fatal(err)
			}
			statuses := in.statusesOf(tab)
			var hidden []string
			for k, s := range statuses {
				if s.Suppressed() && in.candidates[k].N > 0 {
					hidden = append(hidden, in.indicators[k/len(in.domains)].ID+" × "+in.domains[k%len(in.domains)].ID())
				}
			}
			if solvable(c.equations, hidden, c.secret) {
				t.Errorf("%s follows from what is shown; suppressed: %v", c.secret, hidden)
			}
		})
	}
}

// yes adds n respondents of which some say yes to the only question.
func yes(r *respondents, n, positive int, subsector, size, region string) {
	r.add(positive, subsector, size, region, 1)
	r.add(n-positive, subsector, size, region, 0)
}

// solvable reports whether an unknown follows from equations between cells:
// whether its unit vector adds nothing to the rank of their hidden part.
func solvable(equations [][]string, hidden []string, secret string) bool {
	a := mat.NewDense(len(equations)+1, len(hidden), nil)
	for r, cells := range equations {
		for k, cell := range cells {
			if c := slices.Index(hidden, cell); c >= 0 {
				a.Set(r, c, map[bool]float64{true: -1, false: 1}[k == 0])
			}
		}
	}
	before := rank(a)
	a.Set(len(equations), slices.Index(hidden, secret), 1)
	return rank(a) == before
}

func rank(a *mat.Dense) int {
	var svd mat.SVD
	svd.Factorize(a, mat.SVDNone)
	n := 0
	for _, v := range svd.Values(nil) {
		if v > 1e-9 {
			n++
		}
	}
	return n
}

func TestBaseThatIsTheAnswerToAQuestionIsHiddenWithIt(t *testing.T) {
	r := newRespondents("innov", "value", "reason")
	for _, sub := range []string{"K-DAG", "R-SUN", "S-ADM"} {
		innovators := 30
		if sub == "S-ADM" {
			innovators = 38
		}
		r.add(innovators/2, sub, "20-49", "1081", 1, 1, nan)
		r.add(innovators-innovators/2, sub, "20-49", "1081", 1, 0, nan)
		r.add((40-innovators)/2, sub, "20-49", "1081", 0, nan, 1)
		r.add((40-innovators)/2, sub, "20-49", "1081", 0, nan, 0)
	}
	in := r.tabulate(t, own, "total", "sector")
	tab, err := in.apply()
	if err != nil {
		t.Fatal(err)
	}
	for _, ind := range []string{"innov", "value"} {
		if c, _ := tab.Cell(ind, "sector:stat"); !c.Status().Suppressed() {
			t.Errorf("%s in the state is shown: its base tells that 2 of 40 do not innovate", ind)
		}
	}
	if c, _ := tab.Cell("value", "total"); c.Status().Suppressed() {
		t.Error("the total was suppressed although a sector would do")
	}
}

// Where everybody answered yes, nobody is left to be asked the question to
// those who answered no; that it is empty tells as much.
func TestEmptyCellIsHiddenWhereItTellsAnAnswer(t *testing.T) {
	r := newRespondents("innov", "value", "reason")
	r.add(2, "S-ADM", "20-49", "1081", 1, 1, nan)
	r.add(7, "S-ADM", "20-49", "1081", 1, 0, nan)
	for _, sub := range []string{"K-DAG", "R-SUN"} {
		r.add(30, sub, "20-49", "1081", 1, 1, nan)
		r.add(30, sub, "20-49", "1081", 1, 0, nan)
		r.add(15, sub, "20-49", "1081", 0, nan, 1)
		r.add(15, sub, "20-49", "1081", 0, nan, 0)
	}
	in := r.tabulate(t, own, "total", "sector")
	statuses := slices.Repeat([]table.Status{table.Confidential}, len(in.candidates))
	statuses[in.index("reason", "sector:stat")] = table.Empty
	statuses[in.index("reason", "sector:region")] = table.Published // tells no more than its own base
	if err := in.audit(t, statuses); err != nil {
		t.Fatalf("9 of 9 innovate; of how many answered nothing is shown: %v", err)
	}

	r.order, r.answers["all"] = append(r.order, "all"), make([]float64, len(r.sector))
	for unit := range r.sector {
		r.answers["all"][unit] = float64(unit % 2)
	}
	in = r.tabulate(t, own, "total", "sector")
	in.policy.Confidential.MinRespondents = 9 // the number of respondents of the state is shown
	tab, err := in.apply()
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := tab.Cell("all", "sector:stat"); c.Status().Suppressed() {
		t.Fatal("the number of respondents is not shown: the test shows nothing")
	}
	if c, _ := tab.Cell("reason", "sector:stat"); c.Status() != table.Confidential {
		t.Errorf("status %q tells that all 9 of the state innovate", c.Status())
	}
}

func TestSumIsShownRatherThanItsParts(t *testing.T) {
	r := newRespondents("a")
	for _, sub := range []string{"K-DAG", "R-SUN"} {
		yes(r, 100, 50, sub, "1-19", "1081")
		yes(r, 100, 50, sub, "20-49", "1081")
	}
	for unit := range 60 { // 40 municipal workplaces of the smallest size are left, 2 of them with a yes
		r.answers["a"][unit] = nan
	}
	r.answers["a"][60], r.answers["a"][61] = 1, 1
	in := r.tabulate(t, own, "sector", "size", "sector_size")
	for unit := 62; unit < 100; unit++ {
		r.answers["a"][unit] = 0
	}
	in = r.tabulate(t, own, "sector", "size", "sector_size")
	tab, err := in.apply()
	if err != nil {
		t.Fatal(err)
	}
	for _, margin := range []string{"sector:kommune", "size:1-19"} {
		if c, _ := tab.Cell("a", margin); c.Status().Suppressed() {
			t.Errorf("%s, a sum of 140, is suppressed to spare three cells of 100", margin)
		}
	}
}

func TestCellsOfSmallNumbersDoNotProtectEachOther(t *testing.T) {
	r := newRespondents("a")
	yes(r, 40, 2, "K-DAG", "20-49", "1081")
	yes(r, 4, 1, "R-SUN", "20-49", "1081")
	yes(r, 60, 30, "S-ADM", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	var e *Exposed
	if err := in.audit(t, in.primary(t)); !errors.As(err, &e) || e.Width != 3 || e.Needed != 6 {
		t.Fatalf("the sum of 2 and 1 leaves 0 to 3: audit says %v", err)
	}
	tab, err := in.apply()
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := tab.Cell("a", "sector:stat"); !c.Status().Suppressed() {
		t.Error("the state would have to be suppressed too")
	}
	if c, _ := tab.Cell("a", "total"); c.Status().Suppressed() {
		t.Error("the total was suppressed although a sector would do")
	}
}

func TestFewestRespondentsAreSuppressedFirst(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	yes(r, 40, 2, "R-SUN", "20-49", "1081")
	yes(r, 60, 30, "S-ADM", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	tab, err := in.apply()
	if err != nil {
		t.Fatal(err)
	}
	want := []table.Status{table.Published, table.Published, table.Confidential, table.Confidential}
	if got := in.statusesOf(tab); !slices.Equal(got, want) {
		t.Errorf("total, municipalities, regions, state are %q, want %q", got, want)
	}
}

func TestWhatAnEarlierVersionShowsProtectsNothing(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	yes(r, 40, 2, "R-SUN", "20-49", "1081")
	yes(r, 60, 30, "S-ADM", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	hidden := []table.Status{table.Published, table.Confidential, table.Confidential, table.Published}
	in.links.Earlier = []*table.Table{in.table(t, hidden)}
	tab, err := in.apply()
	if err != nil {
		t.Fatal(err)
	}
	if c, _ := tab.Cell("a", "sector:kommune"); !c.Status().Suppressed() {
		t.Error("the state is known from the earlier version, so the municipalities have to protect the regions")
	}

	in.links.Earlier = append(in.links.Earlier, in.table(t, []table.Status{"", "", "", ""}))
	if _, err := in.apply(); !slices.Contains(exposed(err), "a × sector:region") || !strings.Contains(err.Error(), "earlier version") {
		t.Errorf("the confidential figure was shown before; error: %v", err)
	}
}

func TestEarlierFigureThatHasChangedIsNotKnown(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	yes(r, 40, 2, "R-SUN", "20-49", "1081")
	yes(r, 60, 30, "S-ADM", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	for name, c := range map[string]Candidate{
		"the share":           candidate(40, 3, 0.01),
		"what it is based on": candidate(60, 3, 0.01),
	} {
		before := in
		before.candidates = slices.Clone(in.candidates)
		before.candidates[in.index("a", "sector:region")] = c
		in.links.Earlier = []*table.Table{before.table(t, []table.Status{"", table.Confidential, "", table.Confidential})}
		if _, err := in.apply(); err != nil {
			t.Errorf("%s was shown before and has changed since: %v", name, err)
		}
	}
}

func TestEarlierCellThatIsGoneIsRefused(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	in, before := r.tabulate(t, own, "total"), r.tabulate(t, own, "total", "sector")
	in.links.Earlier = []*table.Table{before.table(t, make([]table.Status, 1+3))}
	if _, err := in.apply(); err == nil || !strings.Contains(err.Error(), "a × sector:kommune") {
		t.Errorf("error %v does not name the cell that the earlier version shows", err)
	}
}

func TestNumbersThatDoNotAddUpAreRefused(t *testing.T) {
	r := newRespondents("a")
	yes(r, 80, 40, "K-DAG", "20-49", "1081")
	yes(r, 40, 20, "R-SUN", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	in.candidates[in.index("a", "total")].Positive++
	if _, err := in.apply(); err == nil || !strings.Contains(err.Error(), "a × total") || !strings.Contains(err.Error(), "sector") {
		t.Errorf("error %v does not name the total and its parts", err)
	}
}

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

// Every table passes the audit; none does when one cell more is shown than was
// decided (every eighth is tried); and what is decided is decided alike each time.
func TestEverySuppressedCellIsNeeded(t *testing.T) {
	further := 0
	breakdowns := [][]string{{"total", "sector"}, {"total", "sector", "region"}, {"sector", "size", "sector_size"}, {"total", "sector", "subsector"}}
	for seed := range uint64(6) {
		in := randomWave(t, seed, breakdowns[seed%4]...)
		tab, err := in.apply()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		again, err := in.apply()
		if err != nil || !slices.Equal(in.statusesOf(tab), in.statusesOf(again)) {
			t.Errorf("seed %d: the second time other cells were suppressed (%v)", seed, err)
		}
		primary, statuses := in.primary(t), in.statusesOf(tab)
		for k := range statuses {
			if statuses[k] == primary[k] {
				continue
			}
			if further++; further%8 != 0 {
				continue // each audit takes a while
			}
			shown := slices.Clone(statuses)
			shown[k] = primary[k]
			if err := in.audit(t, shown); len(exposed(err)) == 0 {
				t.Errorf("seed %d: %s × %s is suppressed for nothing", seed, in.indicators[k/len(in.domains)].ID, in.domains[k%len(in.domains)].ID())
			}
		}
	}
	if further == 0 {
		t.Error("no table needed further suppression: the test shows nothing")
	}
}

// TestSpreadIsTheOneOfEveryPossibleTable tries every table of whole numbers that
// agrees with what is shown: two codes that exclude each other, three sectors.
func TestSpreadIsTheOneOfEveryPossibleTable(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	hidden := 0
	for range 60 {
		in, n, truth := tinyTable(t, rng)
		l, err := newLedger(in.indicators, in.domains, in.candidates, in.links.Relations)
		if err != nil {
			t.Fatal(err)
		}
		hides := make([]bool, len(in.candidates))
		for k := range hides {
			hides[k] = rng.IntN(3) > 0
		}
		hides[in.index("base", "total")] = false
		for d := range 4 {
			hides[in.index("base", in.domains[d].ID())] = false // the bases are known
		}
		low, high := possible(n, truth, hides)
		v := newView(l, func(cell int) bool { return hides[cell] })
		for k := range 8 {
			if !hides[k] {
				continue
			}
			hidden++
			s := v.spread(k, 100)
			if !v.proves(s, 0) || s.width() != high[k]-low[k] {
				t.Fatalf("bases %v, answers %v, hidden %v: cell %d can be %d to %d; found a width of %d", n, truth, hides, k, low[k], high[k], s.width())
			}
		}
	}
	if hidden < 100 {
		t.Errorf("only %d hidden cells were tried", hidden)
	}
}

// tinyTable is a table of codes a and b and their base, by total and sector.
// truth[code][sector] counts the answers.
func tinyTable(t *testing.T, rng *rand.Rand) (in input, n [3]int, truth [2][3]int) {
	r := newRespondents("q.a", "q.b", "base")
	for s, sub := range []string{"K-DAG", "R-SUN", "S-ADM"} {
		n[s] = 1 + rng.IntN(5)
		truth[0][s] = rng.IntN(n[s] + 1)
		truth[1][s] = rng.IntN(n[s] - truth[0][s] + 1)
		r.add(truth[0][s], sub, "1-19", "1081", 1, 0, 1)
		r.add(truth[1][s], sub, "1-19", "1081", 0, 1, 1)
		r.add(n[s]-truth[0][s]-truth[1][s], sub, "1-19", "1081", 0, 0, 1)
	}
	in = r.tabulate(t, item, "total", "sector")
	in.links.Relations = []Relation{{Rest: true, Terms: []Term{{Indicator: 0, Coef: 1}, {Indicator: 1, Coef: 1}, {Indicator: 0, Base: true, Coef: -1}}}}
	return in, n, truth
}

// possible gives the least and greatest number of each cell of the two codes,
// total first, over all tables that agree in the cells not hidden.
func possible(n [3]int, truth [2][3]int, hides []bool) (low, high [8]int) {
	cells := func(x [2][3]int) (list [8]int) {
		for code := range x {
			for s, k := range x[code] {
				list[4*code] += k
				list[4*code+1+s] = k
			}
		}
		return list
	}
	want := cells(truth)
	low, high = want, want
	var x [2][3]int
	var fill func(s int)
	fill = func(s int) {
		if s == 3 {
			got := cells(x)
			for k := range got {
				if !hides[k] && got[k] != want[k] {
					return
				}
			}
			for k := range got {
				low[k], high[k] = min(low[k], got[k]), max(high[k], got[k])
			}
			return
		}
		for a := 0; a <= n[s]; a++ {
			for b := 0; a+b <= n[s]; b++ {
				x[0][s], x[1][s] = a, b
				fill(s + 1)
			}
		}
	}
	fill(0)
	return low, high
}

func TestForgedProofIsRefused(t *testing.T) {
	r := newRespondents("a")
	yes(r, 40, 2, "K-DAG", "20-49", "1081")
	yes(r, 40, 4, "R-SUN", "20-49", "1081")
	yes(r, 40, 20, "S-ADM", "20-49", "1081")
	in := r.tabulate(t, own, "total", "sector")
	l, err := newLedger(in.indicators, in.domains, in.candidates, in.links.Relations)
	if err != nil {
		t.Fatal(err)
	}
	const total, municipal, regional, state = 0, 1, 2, 3
	v := newView(l, func(cell int) bool { return cell == municipal || cell == regional })
	for name, c := range map[string]struct {
		moved map[int]int
		agree bool
	}{
		"from one to the other":   {map[int]int{municipal: -2, regional: 2}, true},
		"a shown cell moves":      {map[int]int{municipal: 2, state: -2}, false},
		"a sum no longer holds":   {map[int]int{municipal: 2, regional: -1}, false},
		"below nobody":            {map[int]int{municipal: -3, regional: 3}, false},
		"more than were asked":    {map[int]int{municipal: 39, regional: -39}, false},
		"and a total that agrees": {map[int]int{municipal: 2, total: 2}, false},
	} {
		if v.agrees(c.moved) != c.agree {
			t.Errorf("%s: agrees is %v", name, !c.agree)
		}
	}
}

func TestBaseIsNotAboveTheWorkplacesOfItsDomain(t *testing.T) {
	r := newRespondents("a")
	yes(r, 9, 4, "K-DAG", "20-49", "1081")
	in := r.tabulate(t, own, "total")
	in.candidates[0].Population = 12
	l, err := newLedger(in.indicators, in.domains, in.candidates, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := newView(l, func(int) bool { return true })
	if w := v.spread(0, 100).width(); w != 12 {
		t.Errorf("of 12 workplaces at most 12 can have answered yes; width %d", w)
	}
}
