package disclosure

import (
	"errors"
	"fmt"
	"slices"

	"barometer/analysis/internal/simplex"
	"barometer/analysis/table"
)

// ledger holds the numbers of respondents behind a table and the equations
// between them. An account is the numerator of a cell or the base of several
// cells in one domain; what is asked of the table is whether its reader can
// work an account out.
type ledger struct {
	indicators []table.Indicator
	domains    []table.Domain
	candidates []Candidate
	baseOf     []int   // base of each indicator
	users      [][]int // indicators of each base
	family     families

	count   []int // respondents by account; 0 for a score
	entries []entry
	within  [][]int // entries that an account stands in
	system  *simplex.System
}

// entry is one equation: Σ coef·count = 0, or with a rest Σ coef·count ≤ 0.
type entry struct {
	terms []posting
	rest  bool
}

type posting struct{ account, coef int }

// newLedger enters every equation. It refuses numbers that break one: the
// domains are no parts then, or a relation does not hold.
func newLedger(indicators []table.Indicator, domains []table.Domain, candidates []Candidate, relations []Relation) (*ledger, error) {
	l := &ledger{indicators: indicators, domains: domains, candidates: candidates}
	l.groupBases()
	l.family = l.families(relations)
	l.count = make([]int, (len(indicators)+len(l.users))*len(domains))
	for i, ind := range indicators {
		for d := range domains {
			c := candidates[i*len(domains)+d]
			l.count[l.base(l.baseOf[i], d)] = c.N
			if ind.Kind != table.Score {
				l.count[l.numerator(i, d)] = c.Positive
			}
		}
	}
	err := errors.Join(l.enterSplits(), l.enterRelations(relations))
	l.within = make([][]int, len(l.count))
	for e := range l.entries {
		for _, t := range l.entries[e].terms {
			l.within[t.account] = append(l.within[t.account], e)
		}
	}
	l.system = l.equations()
	return l, err
}

// groupBases gives indicators with the same respondents in every domain the
// same base.
func (l *ledger) groupBases() {
	l.baseOf = make([]int, len(l.indicators))
	for i := range l.indicators {
		same := func(users []int) bool { return l.sameBase(users[0], i) }
		b := slices.IndexFunc(l.users, same)
		if b < 0 {
			b, l.users = len(l.users), append(l.users, nil)
		}
		l.baseOf[i], l.users[b] = b, append(l.users[b], i)
	}
}

func (l *ledger) sameBase(i, j int) bool {
	for d := range l.domains {
		if l.cell(i, d).N != l.cell(j, d).N {
			return false
		}
	}
	return true
}

func (l *ledger) cell(i, d int) Candidate { return l.candidates[i*len(l.domains)+d] }

// numerator and base give the account of an indicator or base in a domain.
func (l *ledger) numerator(i, d int) int { return i*len(l.domains) + d }
func (l *ledger) base(b, d int) int      { return (len(l.indicators)+b)*len(l.domains) + d }

// baseAccount is the base that a cell stands on.
func (l *ledger) baseAccount(cell int) int {
	return l.base(l.baseOf[cell/len(l.domains)], cell%len(l.domains))
}

// cells lists the cells that tell an account.
func (l *ledger) cells(account int) []int {
	if l.isNumerator(account) {
		return []int{account}
	}
	row, d := account/len(l.domains)-len(l.indicators), account%len(l.domains)
	var list []int
	for _, i := range l.users[row] {
		list = append(list, l.numerator(i, d))
	}
	return list
}

// rowOf is the indicator of an account, or beyond these its base.
func (l *ledger) rowOf(account int) int { return account / len(l.domains) }

// isNumerator reports whether an account belongs to one cell.
func (l *ledger) isNumerator(account int) bool { return account < len(l.candidates) }

// room is how far an account can move by itself: no number is below 0, and a
// base not above the workplaces of its domain. A score has no count; all that is
// asked of it is whether it can move.
func (l *ledger) room(account int) (low, high int) {
	if !l.isNumerator(account) {
		user := l.users[l.rowOf(account)-len(l.indicators)][0]
		first := l.cell(user, account%len(l.domains))
		return -first.N, max(first.Population-first.N, 0)
	}
	c := l.candidates[account]
	if l.indicators[account/len(l.domains)].Kind == table.Score {
		return -1, 1
	}
	return -c.Positive, max(c.Population-c.Positive, 0)
}

func (l *ledger) enterSplits() error {
	var faults []error
	for _, s := range splits(l.domains) {
		for first := 0; first < len(l.count); first += len(l.domains) {
			e := entry{terms: []posting{{first + s.whole, -1}}}
			for _, part := range s.parts {
				e.terms = append(e.terms, posting{first + part, 1})
			}
			if l.balance(e) != 0 {
				faults = append(faults, fmt.Errorf("disclosure: %s: the respondents do not add up over %s", l.name(first+s.whole), l.domains[s.parts[0]].Breakdown))
			}
			l.entries = append(l.entries, e)
		}
	}
	return errors.Join(faults...)
}

// enterRelations enters the given relations and that a numerator is at most its
// base, in every domain.
func (l *ledger) enterRelations(relations []Relation) error {
	for i, ind := range l.indicators {
		if ind.Kind != table.Score {
			within := Relation{Rest: true, Terms: []Term{{Indicator: i, Coef: 1}, {Indicator: i, Base: true, Coef: -1}}}
			relations = append(slices.Clip(relations), within)
		}
	}
	var faults []error
	for _, r := range relations {
		for d := range l.domains {
			e := entry{rest: r.Rest}
			for _, t := range r.Terms {
				e.post(l.account(t, d), t.Coef)
			}
			if b := l.balance(e); b > 0 || b < 0 && !e.rest {
				faults = append(faults, fmt.Errorf("disclosure: %s: a relation with other indicators does not hold", l.name(e.terms[0].account)))
			}
			l.entries = append(l.entries, e)
		}
	}
	return errors.Join(faults...)
}

// equations are the entries as what may not change where accounts move.
func (l *ledger) equations() *simplex.System {
	rows := make([]simplex.Row, len(l.entries))
	for r, e := range l.entries {
		terms := make([]simplex.Term, len(e.terms))
		for k, t := range e.terms {
			terms[k] = simplex.Term{Column: t.account, Coef: float64(t.coef)}
		}
		rows[r] = simplex.Row{Terms: terms, Open: e.rest, Rest: float64(-l.balance(e))}
	}
	return simplex.NewSystem(len(l.count), rows)
}

// post adds a multiple of an account. Two bases of the same size everywhere are
// one account, and may stand in one relation.
func (e *entry) post(account, coef int) {
	k := slices.IndexFunc(e.terms, func(t posting) bool { return t.account == account })
	if k < 0 {
		e.terms = append(e.terms, posting{account, coef})
		return
	}
	e.terms[k].coef += coef
}

// account is that of a term in a domain.
func (l *ledger) account(t Term, d int) int {
	if t.Base {
		return l.base(l.baseOf[t.Indicator], d)
	}
	return l.numerator(t.Indicator, d)
}

// balance is Σ coef·count of an entry.
func (l *ledger) balance(e entry) int {
	sum := 0
	for _, t := range e.terms {
		sum += t.coef * l.count[t.account]
	}
	return sum
}

// name is how an error speaks of an account.
func (l *ledger) name(account int) string {
	row, d := account/len(l.domains), account%len(l.domains)
	if row < len(l.indicators) {
		return "cell " + l.indicators[row].ID + " × " + l.domains[d].ID()
	}
	return "base of " + l.indicators[l.users[row-len(l.indicators)][0]].ID + " × " + l.domains[d].ID()
}
