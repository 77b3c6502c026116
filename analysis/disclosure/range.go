package disclosure

import (
	"math"
	"slices"

	"barometer/analysis/internal/simplex"
	"barometer/analysis/table"
)

// view is what a reader knows of a ledger: the accounts that follow directly
// from a shown cell. The rest is hidden.
type view struct {
	*ledger
	hidden []bool // by account
	solver *simplex.Solver
}

// newView hides the cells it is told to. A base is hidden where every cell that
// would tell it is.
func newView(l *ledger, hides func(cell int) bool) *view {
	v := &view{ledger: l, hidden: make([]bool, len(l.count)), solver: l.system.NewSolver()}
	for cell := range l.candidates {
		v.hidden[cell] = hides(cell)
	}
	for b := range l.users {
		for d := range l.domains {
			v.hidden[l.base(b, d)] = v.closed(b, d)
		}
	}
	return v
}

// hides reports whether a status leaves a cell's numbers open. An empty cell
// tells that nobody was asked.
func hides(s table.Status) bool { return s.Suppressed() && s != table.Empty }

// set hides or shows a cell.
func (v *view) set(cell int, hidden bool) {
	v.hidden[cell] = hidden
	v.hidden[v.baseAccount(cell)] = v.closed(v.baseOf[cell/len(v.domains)], cell%len(v.domains))
}

// closed reports whether every cell that would tell a base is hidden.
func (v *view) closed(base, d int) bool {
	shown := func(i int) bool { return !v.hidden[v.numerator(i, d)] }
	return !slices.ContainsFunc(v.users[base], shown)
}

// scope says which accounts may move; the others stand still.
type scope func(account int) bool

func everything(int) bool { return true }

// relatives are the accounts of the family of one.
func (l *ledger) relatives(of int) scope {
	return func(account int) bool { return l.family.same(l.rowOf(account), l.rowOf(of)) }
}

// limits are what an account may do in a programme, and what moving it costs.
func (l *ledger) limits(account, cost int) simplex.Limits {
	low, high := l.room(account)
	return simplex.Limits{Low: float64(low), High: float64(high), Cost: float64(cost)}
}

// spread is two ways to move a hidden account, and others with it, that its
// reader cannot tell from the truth.
type spread struct {
	account int
	one     map[int]int // by how much each account moves
	other   map[int]int // and in the opposite direction
}

// spread looks for two ledgers that agree in all shown accounts and differ in a
// hidden one by the width needed: first among the accounts of its family, the
// others standing still, then among all it is linked to.
func (v *view) spread(account, needed int) (best spread) {
	for _, within := range []scope{v.relatives(account), everything} {
		s := v.narrowest(within, account, needed)
		if s.width() > best.width() {
			best = s
		}
		if best.width() >= needed {
			break
		}
	}
	return best
}

// narrowest moves an account by the width needed and other hidden ones in scope
// as little as that allows, first to the side with more room.
func (v *view) narrowest(within scope, account, needed int) spread {
	far := needed
	if c := v.candidates[account]; c.Positive > c.N-c.Positive {
		far = -needed
	}
	s := spread{account: account, one: v.whole(within, account, far)}
	if left := far - s.one[account]; left != 0 {
		s.other = v.whole(within, account, -left)
	}
	return s
}

// whole moves an account by up to far by whole numbers, and returns how each
// account moves. Where the best way is not whole, an account that moves by a
// fraction is held to the whole part, and so on.
func (v *view) whole(within scope, account, far int) map[int]int {
	held := map[int]simplex.Limits{}
	limits := func(a int) simplex.Limits {
		if l, ok := held[a]; ok || !v.hidden[a] || !within(a) {
			return l
		}
		if a == account {
			return v.limits(a, 0)
		}
		return v.limits(a, 1)
	}
	for {
		moved := v.solver.Move(account, float64(far), limits)
		k := slices.IndexFunc(moved, func(m simplex.Moved) bool { return m.By != math.Round(m.By) })
		if k < 0 {
			return counts(moved)
		}
		l, by := limits(moved[k].Column), moved[k].By
		l.Low, l.High = max(l.Low, math.Trunc(min(by, 0))), min(l.High, math.Trunc(max(by, 0)))
		held[moved[k].Column] = l
	}
}

// width is the distance between the two.
func (s spread) width() int {
	w := s.one[s.account] - s.other[s.account]
	return max(w, -w)
}

func (s spread) moves(account int) bool { return s.one[account] != 0 || s.other[account] != 0 }

// needed is the width asked of a confidential cell: the policy's, or all its
// respondents where they are fewer. Of a score only that it can move.
func (l *ledger) needed(p Policy, cell int) int {
	if l.indicators[cell/len(l.domains)].Kind == table.Score {
		return 1
	}
	return min(p.Confidential.MinInterval, l.candidates[cell].N)
}

func counts(moved []simplex.Moved) map[int]int {
	by := make(map[int]int, len(moved))
	for _, m := range moved {
		by[m.Column] = int(m.By)
	}
	return by
}
