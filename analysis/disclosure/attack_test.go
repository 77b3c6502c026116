package disclosure

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/internal/simplex"
	"barometer/analysis/table"
)

// attacker reads published tables and does what it can with them: it writes down
// how the numbers hang together on its own account, puts in what is shown, and
// solves the rest exactly. It shares no code with the package but the reading
// of relations.
type attacker struct {
	in    input
	first []int           // by indicator: the first one with as many respondents everywhere
	value map[string]int  // of each number
	shown map[string]bool // by some table

	unknown map[string]int // columns of the numbers that no table shows
	sums    []known        // equations
	limits  []known        // inequalities, ≤ 0

	truth  map[int]float64 // of the unknowns: where moves are counted from
	solver *simplex.Solver
}

// known is a sum of multiples of unknowns and a constant.
type known struct {
	coef     map[int]*big.Rat
	constant *big.Rat
}

func newAttacker(in input, tables ...*table.Table) *attacker {
	a := &attacker{in: in, value: map[string]int{}, shown: map[string]bool{}, unknown: map[string]int{}, truth: map[int]float64{}}
	for i, ind := range in.indicators {
		a.first = append(a.first, a.firstLike(i))
		for d, dom := range in.domains {
			x, n := a.number(i, false, d), a.number(i, true, d)
			a.value[x], a.value[n] = in.candidates[i*len(in.domains)+d].Positive, in.candidates[i*len(in.domains)+d].N
			for _, t := range tables {
				if c, ok := t.Cell(ind.ID, dom.ID()); ok && (!c.Status().Suppressed() || c.Status() == table.Empty) {
					a.shown[x], a.shown[n] = true, true
				}
			}
		}
	}
	a.think()
	return a
}

func (a *attacker) firstLike(i int) int {
	n := len(a.in.domains)
	for j := range i {
		same := func(x, y Candidate) bool { return x.N == y.N }
		if slices.EqualFunc(a.in.candidates[i*n:(i+1)*n], a.in.candidates[j*n:(j+1)*n], same) {
			return j
		}
	}
	return i
}

// think writes down how the numbers hang together.
func (a *attacker) think() {
	for i := range a.in.indicators {
		for d, dom := range a.in.domains {
			for _, parts := range a.parts(dom) {
				for _, base := range []bool{false, true} {
					terms := map[string]int{a.number(i, base, d): -1}
					for _, p := range parts {
						terms[a.number(i, base, p)]++
					}
					a.write(terms, false)
				}
			}
			a.write(map[string]int{a.number(i, false, d): 1, a.number(i, true, d): -1}, true)
		}
	}
	for _, r := range a.in.links.Relations {
		for d := range a.in.domains {
			terms := map[string]int{}
			for _, t := range r.Terms {
				terms[a.number(t.Indicator, t.Base, d)] += t.Coef
			}
			a.write(terms, r.Rest)
		}
	}
}

// number names a numerator, or the base that indicators of the same size share.
func (a *attacker) number(i int, base bool, d int) string {
	if base {
		return fmt.Sprint("n", a.first[i], ":", d)
	}
	return fmt.Sprint("x", i, ":", d)
}

// parts lists the ways in which other domains make up one.
func (a *attacker) parts(whole table.Domain) (list [][]int) {
	for _, breakdown := range []string{"sector", "subsector", "size", "region", "sector_size"} {
		var parts []int
		for d, p := range a.in.domains {
			if p.Breakdown != breakdown {
				continue
			}
			inside := whole.Breakdown == "total" ||
				whole.Breakdown == "sector" && breakdown == "sector_size" && p.Codes[0] == whole.Codes[0] ||
				whole.Breakdown == "sector" && breakdown == "subsector" && strings.EqualFold(p.Codes[0][:1], whole.Codes[0][:1]) ||
				whole.Breakdown == "size" && breakdown == "sector_size" && p.Codes[1] == whole.Codes[0]
			if inside {
				parts = append(parts, d)
			}
		}
		if len(parts) > 0 {
			list = append(list, parts)
		}
	}
	return list
}

// write notes an equation, or an inequality, with what is shown put in.
func (a *attacker) write(terms map[string]int, open bool) {
	row := known{coef: map[int]*big.Rat{}, constant: new(big.Rat)}
	for _, name := range slices.Sorted(maps.Keys(terms)) {
		c := terms[name]
		switch {
		case c == 0:
		case a.shown[name]:
			row.constant.Add(row.constant, big.NewRat(int64(c*a.value[name]), 1))
		default:
			if _, met := a.unknown[name]; !met {
				a.truth[len(a.unknown)] = float64(a.value[name])
				a.unknown[name] = len(a.unknown)
			}
			row.coef[a.unknown[name]] = big.NewRat(int64(c), 1)
		}
	}
	switch {
	case len(row.coef) == 0:
	case open:
		a.limits = append(a.limits, row)
	default:
		a.sums = append(a.sums, row)
	}
}

// less takes c times another sum away.
func (s *known) less(other known, c *big.Rat) {
	for k, x := range other.coef {
		if s.coef[k] == nil {
			s.coef[k] = new(big.Rat)
		}
		if s.coef[k].Sub(s.coef[k], new(big.Rat).Mul(c, x)); s.coef[k].Sign() == 0 {
			delete(s.coef, k)
		}
	}
	s.constant.Sub(s.constant, new(big.Rat).Mul(c, other.constant))
}

// solve eliminates exactly: what is left are independent equations, each with an
// unknown of its own.
func (a *attacker) solve() {
	var solved []known
	var pivots []int
	for _, s := range a.sums {
		for r, p := range pivots {
			if c := s.coef[p]; c != nil {
				s.less(solved[r], new(big.Rat).Set(c))
			}
		}
		if len(s.coef) == 0 {
			continue
		}
		p := slices.Min(slices.Collect(maps.Keys(s.coef)))
		by := new(big.Rat).Inv(s.coef[p])
		for _, x := range s.coef {
			x.Mul(x, by)
		}
		s.constant.Mul(s.constant, by)
		for r := range solved {
			if c := solved[r].coef[p]; c != nil {
				solved[r].less(s, new(big.Rat).Set(c))
			}
		}
		solved, pivots = append(solved, s), append(pivots, p)
	}
	a.sums = solved
}

// found reports whether an unknown is worked out: whether an equation has no
// other in it.
func (a *attacker) found(name string) bool {
	k, ok := a.unknown[name]
	return ok && slices.ContainsFunc(a.sums, func(s known) bool { return len(s.coef) == 1 && s.coef[k] != nil })
}

// interval is how wide an interval the equations and inequalities leave of an
// unknown, none being below zero, as far as needed. Its moves are counted from
// the truth, which they hold for.
func (a *attacker) interval(name string, needed float64) float64 {
	if a.solver == nil {
		a.solver = a.system().NewSolver()
	}
	width := 0.0
	for _, far := range []float64{needed, -needed} {
		moved := a.solver.Move(a.unknown[name], far, func(k int) simplex.Limits {
			return simplex.Limits{Low: -a.truth[k], High: math.Inf(1)}
		})
		for _, m := range moved {
			if m.Column == a.unknown[name] {
				width += math.Abs(m.By)
			}
		}
	}
	return width
}

func (a *attacker) system() *simplex.System {
	var rows []simplex.Row
	for i, s := range slices.Concat(a.sums, a.limits) {
		rest, _ := s.constant.Float64()
		row := simplex.Row{Open: i >= len(a.sums)}
		for _, k := range slices.Sorted(maps.Keys(s.coef)) {
			c, _ := s.coef[k].Float64()
			row.Terms = append(row.Terms, simplex.Term{Column: k, Coef: c})
			rest += c * a.truth[k]
		}
		if row.Open {
			row.Rest = -rest
		}
		rows = append(rows, row)
	}
	return simplex.NewSystem(len(a.unknown), rows)
}

// attack lists the confidential cells that tables give away, exactly or to an
// interval too narrow, and how many it tried.
func attack(t *testing.T, in input, tables ...*table.Table) (given []string, tried int) {
	t.Helper()
	a := newAttacker(in, tables...)
	a.solve()
	for k, s := range in.primary(t) {
		if s != table.Confidential {
			continue
		}
		tried++
		i, d := k/len(in.domains), k%len(in.domains)
		name, x := in.indicators[i].ID+" × "+in.domains[d].ID(), a.number(i, false, d)
		needed := float64(min(in.policy.Confidential.MinInterval, in.candidates[k].N))
		_, linked := a.unknown[x]
		switch {
		case a.shows(k, tables) || a.found(x):
			given = append(given, name)
		case linked && a.interval(x, needed) < needed:
			given = append(given, fmt.Sprintf("%s (%v wide)", name, a.interval(x, needed)))
		}
	}
	return given, tried
}

func (a *attacker) shows(cell int, tables []*table.Table) bool {
	ind, d := a.in.indicators[cell/len(a.in.domains)], a.in.domains[cell%len(a.in.domains)]
	return slices.ContainsFunc(tables, func(t *table.Table) bool {
		c, ok := t.Cell(ind.ID, d.ID())
		return ok && !c.Status().Suppressed()
	})
}

func TestAttackOnPublishedTables(t *testing.T) {
	breakdowns := [][]string{{"total", "sector"}, {"total", "sector", "region"}, {"sector", "size", "sector_size"}, {"total", "sector", "subsector"}}
	tried, exact := 0, 0
	for seed := range uint64(8) {
		in := randomWave(t, 100+seed, breakdowns[seed%4]...)
		tab, err := in.apply()
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		given, n := attack(t, in, tab)
		if len(given) > 0 {
			t.Errorf("seed %d: the table gives away %q", seed, given)
		}
		primary, _ := attack(t, in, in.table(t, in.primary(t)))
		tried, exact = tried+n, exact+len(primary)
	}
	if tried < 100 || exact < 50 {
		t.Errorf("%d confidential cells attacked, %d recovered under primary suppression alone: the test shows little", tried, exact)
	}
}

// Two versions were shown before, each with more domains than the one before
// it: none of the three gives a cell away, nor do all together. Where an
// earlier one leaves no way, the error names the cell.
func TestAttackOnThreeVersionsTogether(t *testing.T) {
	proved := 0
	for seed := range uint64(12) {
		var shown []*table.Table
		for _, breakdowns := range [][]string{{"total", "sector"}, {"total", "sector", "region"}, {"total", "sector", "size", "region"}} {
			in := randomWave(t, 200+seed, breakdowns...)
			in.links.Earlier = shown
			tab, err := in.apply()
			if err != nil {
				if len(exposed(err)) == 0 {
					t.Errorf("seed %d: the error %v names no cell", seed, err)
				}
				break
			}
			shown = append(shown, tab)
			if given, _ := attack(t, in, shown...); len(given) > 0 {
				t.Errorf("seed %d: %d versions give away %q", seed, len(shown), given)
			}
			if len(shown) == 3 {
				proved++
			}
		}
	}
	if proved < 3 {
		t.Errorf("only %d of 12 waves came to a third version: the test shows little", proved)
	}
}

func TestHardTables(t *testing.T) {
	codes := make([]string, 60)
	for k := range codes {
		codes[k] = fmt.Sprintf("many.%02d", k)
	}
	cases := []struct {
		name       string
		wave       func() *respondents
		item       func(string) string
		breakdowns []string
		shown      bool // whether anything is left
	}{
		{"nobody answers but eight", func() *respondents {
			r := newRespondents("a", "b")
			r.add(4, "K-DAG", "1-19", "1081", 1, 0)
			r.add(4, "R-SUN", "1-19", "1082", 0, 1)
			return r
		}, own, []string{"total", "sector", "subsector", "size", "region", "sector_size"}, false},
		{"one row, one column", func() *respondents {
			r := newRespondents("a")
			yes(r, 40, 2, "K-DAG", "1-19", "1081")
			return r
		}, own, []string{"total"}, false},
		{"sixty codes of one answer", func() *respondents {
			r := newRespondents(codes...)
			subsectors := []string{"K-DAG", "K-SKO", "K-AEL", "R-SUN", "R-SOC", "S-ADM", "S-RET"}
			for unit := range 2400 {
				answers := make([]float64, len(codes))
				answers[unit*unit%(17+unit%44)] = 1
				r.add(1, subsectors[unit%7], []string{"1-19", "20-49"}[unit%2], "1081", answers...)
			}
			return r
		}, item, []string{"total", "sector", "subsector", "size"}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := c.wave().tabulate(t, c.item, c.breakdowns...)
			tab, err := in.apply()
			if err != nil {
				t.Fatal(err)
			}
			if given, tried := attack(t, in, tab); len(given) > 0 || tried == 0 {
				t.Errorf("of %d confidential cells the table gives away %q", tried, given)
			}
			shows := func(s table.Status) bool { return !hides(s) && s != table.Empty }
			if slices.ContainsFunc(in.statusesOf(tab), shows) != c.shown {
				t.Errorf("statuses %q", in.statusesOf(tab))
			}
		})
	}
}
