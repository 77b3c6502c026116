package disclosure

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"barometer/analysis/table"
)

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

// Every table passes the audit; none does when one cell more is shown than was
// decided (every fourth is tried); and what is decided is decided alike each time.
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
			if further++; further%4 != 0 {
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
