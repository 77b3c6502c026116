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

// newView shows a cell unless its status hides it. A base is hidden where every
// cell that would tell it is; a domain without respondents hides nothing.
func newView(l *ledger, hides func(cell int) bool) *view {
	v := &view{ledger: l, hidden: make([]bool, len(l.count))}
	for b := range l.users {
		for d := range l.domains {
			v.hidden[l.base(b, d)] = l.count[l.base(b, d)] > 0
		}
	}
	for cell := range l.candidates {
		v.set(cell, hides(cell))
	}
	return v
}

// set hides or shows a cell.
func (v *view) set(cell int, hidden bool) {
	i, d := cell/len(v.domains), cell%len(v.domains)
	v.hidden[cell] = hidden && v.candidates[cell].N > 0
	base := v.base(v.baseOf[i], d)
	v.hidden[base] = v.count[base] > 0 && !slices.ContainsFunc(v.users[v.baseOf[i]], func(user int) bool {
		return !v.hidden[v.numerator(user, d)]
	})
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
		low, high := float64(-l.count[a]), math.Inf(1)
		if l.score(a) {
			low, high = -1, 1 // no count: all that is asked is whether it can move
		}
		p.column[a] = p.add(posting{a, 1}, low, high)
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

// charge makes moving an account cost something, in either direction: a second
// column takes its moves down.
func (p *programme) charge(account int, cost float64) {
	up := p.column[account]
	down := p.add(posting{account, -1}, 0, -p.Low[up])
	p.Low[up] = 0
	p.Gain[up], p.Gain[down] = -cost, -cost
	for r, row := range p.Rows {
		for _, t := range row {
			if t.Column == up {
				p.Rows[r] = append(p.Rows[r], simplex.Term{Column: down, Coef: -t.Coef})
			}
		}
	}
}

// push moves an account by up to far, down where far is negative, and returns
// how each account moved.
func (p *programme) push(account, far int) map[int]int {
	k := p.column[account]
	low, high := p.Low[k], p.High[k]
	if far > 0 {
		p.High[k], p.Gain[k] = min(high, float64(far)), reach
	} else {
		p.Low[k], p.Gain[k] = max(low, float64(far)), -reach
	}
	y := simplex.Maximize(p.Problem)
	p.Low[k], p.High[k], p.Gain[k] = low, high, 0
	moved := map[int]int{}
	for k, o := range p.owner {
		if by := o.coef * int(math.Round(y[k])); by != 0 {
			moved[o.account] += by
		}
	}
	return moved
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
// hidden one by the width needed. It tries the side with more room first.
func (v *view) spread(account, needed int) spread {
	p := v.programme(v.component(account))
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
