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
}

// newView hides the cells it is told to. A base is hidden where every cell that
// would tell it is.
func newView(l *ledger, hides func(cell int) bool) *view {
	v := &view{ledger: l, hidden: make([]bool, len(l.count))}
	for cell := range l.candidates {
		v.hidden[cell] = hides(cell)
	}
	for cell := range l.candidates {
		v.set(cell, v.hidden[cell])
	}
	return v
}

// hides reports whether a status leaves a cell's numbers open. An empty cell
// tells that nobody was asked.
func hides(s table.Status) bool { return s.Suppressed() && s != table.Empty }

// set hides or shows a cell.
func (v *view) set(cell int, hidden bool) {
	v.hidden[cell] = hidden
	base := v.baseAccount(cell)
	shown := func(cell int) bool { return !v.hidden[cell] }
	v.hidden[base] = !slices.ContainsFunc(v.cells(base), shown)
}

// component lists the hidden accounts that are linked to a hidden one through
// equations of hidden accounts, in the order in which they are met.
func (v *view) component(account int) []int {
	found := []int{account}
	seen := map[int]bool{account: true}
	for k := 0; k < len(found); k++ {
		for _, e := range v.within[found[k]] {
			for _, t := range v.entries[e].terms {
				if v.hidden[t.account] && !seen[t.account] {
					seen[t.account] = true
					found = append(found, t.account)
				}
			}
		}
	}
	return found
}

// programme is the linear programme of how far some accounts can move while all
// others stand still.
type programme struct {
	simplex.Problem
	owner  []posting   // the account that each column moves, and which way; none for a rest
	column map[int]int // of each account
}

func (l *ledger) programme(accounts []int) *programme {
	p := &programme{column: make(map[int]int, len(accounts))}
	for _, a := range accounts {
		low, high := l.room(a)
		p.column[a] = p.add(posting{a, 1}, float64(low), float64(high))
	}
	entered := map[int]bool{}
	for _, a := range accounts {
		for _, e := range l.within[a] {
			if !entered[e] {
				entered[e] = true
				p.enter(l.entries[e], -l.balance(l.entries[e]))
			}
		}
	}
	return p
}

// add adds a column and returns it.
func (p *programme) add(owner posting, low, high float64) int {
	p.owner = append(p.owner, owner)
	p.Low, p.High, p.Gain = append(p.Low, low), append(p.High, high), append(p.Gain, 0)
	return len(p.owner) - 1
}

// enter adds an equation whose rest, if it has one, is as large as given.
func (p *programme) enter(e entry, rest int) {
	var row []simplex.Term
	for _, t := range e.terms {
		if k, moves := p.column[t.account]; moves {
			row = append(row, simplex.Term{Column: k, Coef: float64(t.coef)})
		}
	}
	if len(row) == 1 {
		p.bound(row[0], e.rest, float64(rest))
		return
	}
	if e.rest {
		row = append(row, simplex.Term{Column: p.add(posting{}, float64(-rest), math.Inf(1)), Coef: 1})
	}
	p.Rows = append(p.Rows, row)
}

// bound takes up an equation in one moving account.
func (p *programme) bound(t simplex.Term, slack bool, rest float64) {
	k := t.Column
	switch {
	case !slack:
		p.Low[k], p.High[k] = 0, 0
	case t.Coef > 0:
		p.High[k] = min(p.High[k], math.Floor(rest/t.Coef))
	default:
		p.Low[k] = max(p.Low[k], math.Ceil(rest/t.Coef))
	}
}

// charge makes moving an account cost something in either direction: each gets
// a second column that takes its moves down.
func (p *programme) charge(cost func(account int) int) {
	down := make([]int, len(p.owner)) // by column; 0 for none
	for up, o := range slices.Clone(p.owner) {
		if c := float64(cost(o.account)); o.coef != 0 && c > 0 {
			down[up] = p.add(posting{o.account, -1}, 0, -p.Low[up])
			p.Low[up] = 0
			p.Gain[up], p.Gain[down[up]] = -c, -c
		}
	}
	for r, row := range p.Rows {
		for _, t := range row {
			if t.Column < len(down) && down[t.Column] > 0 {
				p.Rows[r] = append(p.Rows[r], simplex.Term{Column: down[t.Column], Coef: -t.Coef})
			}
		}
	}
}

// push moves an account by up to far, down where far is negative, by whole
// numbers, and returns how each account moves. Where the best way is not whole,
// a column that moves by a fraction is held to the whole part, and so on.
func (p *programme) push(account, far int) map[int]int {
	low, high := slices.Clone(p.Low), slices.Clone(p.High)
	defer func() { p.Low, p.High = low, high }()
	y := p.towards(account, far)
	for {
		k := slices.IndexFunc(y, func(by float64) bool { return by != math.Round(by) })
		if k < 0 {
			return p.moved(y)
		}
		p.Low[k], p.High[k] = max(p.Low[k], math.Trunc(min(y[k], 0))), min(p.High[k], math.Trunc(max(y[k], 0)))
		y = p.towards(account, far)
	}
}

func (p *programme) moved(y []float64) map[int]int {
	moved := map[int]int{}
	for k, o := range p.owner {
		if by := o.coef * int(y[k]); by != 0 {
			moved[o.account] += by
		}
	}
	return moved
}

// path returns the accounts that move where an account is moved by up to far
// at least cost, whole or not, and how far that is.
func (p *programme) path(account, far int) (accounts []int, reached float64) {
	y := p.towards(account, far)
	for k, o := range p.owner {
		if y[k] != 0 && o.coef != 0 {
			accounts = append(accounts, o.account)
		}
	}
	return accounts, y[p.column[account]]
}

// towards moves an account by up to far, at least cost.
func (p *programme) towards(account, far int) []float64 {
	k := p.column[account]
	low, high := p.Low[k], p.High[k]
	if far > 0 {
		p.High[k], p.Gain[k] = min(high, float64(far)), reach
	} else {
		p.Low[k], p.Gain[k] = max(low, float64(far)), -reach
	}
	y := simplex.Maximize(p.Problem)
	p.Low[k], p.High[k], p.Gain[k] = low, high, 0
	return y
}

// reach is the gain of moving the account in question by one. It outweighs the
// cost of all cells of a table.
const reach = 1e12

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
	for _, scope := range []func(int) []int{v.family, v.component} {
		s := v.narrowest(scope(account), account, needed)
		if s.width() > best.width() {
			best = s
		}
		if best.width() >= needed {
			break
		}
	}
	return best
}

// family lists the hidden accounts of the indicators that an account's adds up
// with.
func (v *view) family(account int) []int {
	var list []int
	for _, row := range v.narrow.of(account / len(v.domains)) {
		for d := range v.domains {
			if a := row*len(v.domains) + d; v.hidden[a] {
				list = append(list, a)
			}
		}
	}
	return list
}

// narrowest moves an account by the width needed and all others as little as
// that allows, first to the side with more room.
func (v *view) narrowest(accounts []int, account, needed int) spread {
	p := v.programme(accounts)
	p.charge(func(a int) int {
		if a == account {
			return 0
		}
		return 1
	})
	far := needed
	if c := v.candidates[account]; c.Positive > c.N-c.Positive {
		far = -needed
	}
	s := spread{account: account, one: p.push(account, far)}
	if left := far - s.one[account]; left != 0 {
		s.other = p.push(account, -left)
	}
	return s
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
