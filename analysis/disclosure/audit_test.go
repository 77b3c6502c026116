package disclosure

import (
	"math/rand/v2"
	"testing"
)

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
