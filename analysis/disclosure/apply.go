package disclosure

import (
	"errors"
	"fmt"
	"math"

	"barometer/analysis/internal/gate"
	"barometer/analysis/table"
)

// Apply makes the table of a wave. candidates holds one entry per indicator
// and domain, indicator by indicator, domains in order. What breaks a rule of
// the policy is suppressed, then what would let a reader work a confidential
// cell out, and the table is audited.
//
// A candidate whose numbers contradict themselves is an error that names the
// cell; a policy left at zero is refused; a confidential cell that cannot be
// proved safe is an [Exposed] error, all of them joined.
func Apply(p Policy, meta table.Meta, indicators []table.Indicator, domains []table.Domain, candidates []Candidate, links Links) (*table.Table, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("disclosure policy: %w", err)
	}
	if len(candidates) != len(indicators)*len(domains) {
		return nil, fmt.Errorf("disclosure: %d candidates for %d indicators × %d domains", len(candidates), len(indicators), len(domains))
	}
	statuses, err := p.statuses(indicators, domains, candidates)
	if err != nil {
		return nil, err
	}
	l, err := newLedger(indicators, domains, candidates, links.Relations)
	if err != nil {
		return nil, err
	}
	pinned, err := l.pinned(links.Earlier)
	if err != nil {
		return nil, err
	}
	for _, cell := range suppress(p, l, pinned, statuses) {
		statuses[cell] = table.Confidential
	}
	t, err := assemble(meta, indicators, domains, candidates, statuses)
	if err != nil {
		return nil, err
	}
	if err := audit(p, l, pinned, t); err != nil {
		return nil, fmt.Errorf("disclosure: the table cannot be shown; leave out a breakdown, or merge its codes or those of an answer:\n%w", err)
	}
	return t, nil
}

// assemble makes the table once the status of every cell is decided.
func assemble(meta table.Meta, indicators []table.Indicator, domains []table.Domain, candidates []Candidate, statuses []table.Status) (*table.Table, error) {
	cells := make([]table.Cell, len(candidates))
	for i, c := range candidates {
		cells[i] = table.NewCell(gate.Passed{}, statuses[i], figure(indicators[i/len(domains)].Kind, c))
	}
	return table.New(gate.Passed{}, meta, indicators, domains, cells)
}

// statuses applies the policy to every candidate by itself.
func (p Policy) statuses(indicators []table.Indicator, domains []table.Domain, candidates []Candidate) ([]table.Status, error) {
	statuses := make([]table.Status, len(candidates))
	var faults []error
	for i, c := range candidates {
		ind, d := indicators[i/len(domains)], domains[i%len(domains)]
		if err := sound(c); err != nil {
			faults = append(faults, fmt.Errorf("cell %s × %s: %w", ind.ID, d.ID(), err))
		}
		statuses[i] = p.status(ind.Kind, c)
	}
	return statuses, errors.Join(faults...)
}

// figure takes over the numbers of a candidate. An interval is cut at the ends
// of the scale: no share is below 0 or above 1.
func figure(k table.Kind, c Candidate) table.Figure {
	top := 1.0
	if k == table.Score {
		top = 100
	}
	return table.Figure{
		Value: c.Value, SE: c.SE, DF: c.DF, N: c.N,
		Low: math.Max(0, c.Low), High: math.Min(top, c.High),
	}
}

func sound(c Candidate) error {
	switch {
	case c.Positive < 0 || c.Positive > c.N:
		return fmt.Errorf("%d respondents in the numerator of %d", c.Positive, c.N)
	case math.IsInf(c.Value, 0) || math.IsInf(c.SE, 0):
		return fmt.Errorf("value %v with standard error %v", c.Value, c.SE)
	case c.Low > c.Value || c.High < c.Value:
		return fmt.Errorf("value %v outside its interval %v to %v", c.Value, c.Low, c.High)
	}
	return nil
}
