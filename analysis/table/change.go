package table

import (
	"encoding/json"
	"fmt"
	"math"

	"barometer/analysis/internal/gate"
	"barometer/internal/i18n"
)

// Verdict says what may be claimed of a change between two waves.
type Verdict string

const (
	Up           Verdict = "up"           // surely higher than before
	Down         Verdict = "down"         // surely lower than before
	NoClear      Verdict = "no_clear"     // the test tells no change from chance
	Incomparable Verdict = "incomparable" // not tested: Change.Why says why
	Hidden       Verdict = "hidden"       // not tested: a figure is suppressed in one of the waves
)

// Tested reports whether a test stands behind the verdict, and so numbers.
func (v Verdict) Tested() bool { return v == Up || v == Down || v == NoClear }

// Movement is the change of a figure: of a share as a fraction of one, of a
// score in points.
type Movement struct {
	Difference float64 `json:"difference"` // after less before
	Low        float64 `json:"low"`        // interval at the level of the table, not adjusted
	High       float64 `json:"high"`
	SE         float64 `json:"se"`
	DF         float64 `json:"df"`
	P          float64 `json:"p"`          // two-sided
	Adjusted   float64 `json:"p_adjusted"` // for the tests of its family
}

// Change is what may be shown of one figure's change.
type Change struct {
	Indicator string
	Domain    string
	Verdict   Verdict
	Why       i18n.Text // of Incomparable
	movement  Movement
}

// NewChange makes a change. One that was not tested drops its numbers.
func NewChange(_ gate.Passed, indicator, domain string, v Verdict, why i18n.Text, m Movement) Change {
	c := Change{Indicator: indicator, Domain: domain, Verdict: v}
	if v.Tested() {
		c.movement = m
	} else if v == Incomparable {
		c.Why = why
	}
	return c
}

// Movement returns the numbers, and false where there are none.
func (c Change) Movement() (Movement, bool) { return c.movement, c.Verdict.Tested() }

// Comparison says how two waves were compared.
type Comparison struct {
	Before       string    `json:"before"` // waves
	After        string    `json:"after"`
	BeforePeriod i18n.Text `json:"before_period"`
	AfterPeriod  i18n.Text `json:"after_period"`
	Synthetic    bool      `json:"synthetic"`
	Level        float64   `json:"level"`        // of the intervals, 0.95
	Significance float64   `json:"significance"` // of the tests, 0.05
	Adjust       string    `json:"adjust"`       // for the tests of a family: "holm"
	Panel        bool      `json:"panel"`        // common workplaces are known and enter the standard errors
	Common       int       `json:"common"`       // workplaces with a weight in both waves
	Matched      int       `json:"matched"`      // of these, in the same variance stratum both times: those that count
}

// Changes is the changes of a wave's figures since an earlier wave, as far as
// they may be shown.
type Changes struct {
	Comparison
	changes []Change
	at      map[[2]string]int
}

// NewChanges makes the changes between two waves. It refuses a change that
// stands twice and numbers that contradict themselves.
func NewChanges(_ gate.Passed, how Comparison, changes []Change) (*Changes, error) {
	c := &Changes{Comparison: how, changes: changes, at: make(map[[2]string]int, len(changes))}
	for i, ch := range changes {
		key := [2]string{ch.Indicator, ch.Domain}
		if _, taken := c.at[key]; taken {
			return nil, fmt.Errorf("changes: cell %s × %s stands twice", ch.Indicator, ch.Domain)
		}
		c.at[key] = i
		if m, tested := ch.Movement(); tested && !m.sound(ch.Verdict) {
			return nil, fmt.Errorf("changes: cell %s × %s: verdict %s with %+v", ch.Indicator, ch.Domain, ch.Verdict, m)
		}
	}
	return c, nil
}

func (m Movement) sound(v Verdict) bool {
	for _, x := range []float64{m.Difference, m.Low, m.High, m.SE, m.DF, m.P, m.Adjusted} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return m.Low <= m.Difference && m.Difference <= m.High && m.SE >= 0 && m.P <= m.Adjusted &&
		(v != Up || m.Difference > 0) && (v != Down || m.Difference < 0)
}

// All returns every change in order. The caller must not change them.
func (c *Changes) All() []Change { return c.changes }

// Of returns the change of one cell, and false where it was not looked at.
func (c *Changes) Of(indicator, domain string) (Change, bool) {
	if c == nil {
		return Change{}, false
	}
	i, ok := c.at[[2]string{indicator, domain}]
	if !ok {
		return Change{}, false
	}
	return c.changes[i], true
}

// storedChange is the form of a change in an archive and in a release.
type storedChange struct {
	Indicator string    `json:"indicator"`
	Domain    string    `json:"domain"`
	Verdict   Verdict   `json:"verdict"`
	Why       i18n.Text `json:"why,omitzero"`
	*Movement
}

type storedChanges struct {
	Comparison
	Changes []storedChange `json:"changes"`
}

// MarshalJSON writes the changes; one that was not tested carries no number.
func (c *Changes) MarshalJSON() ([]byte, error) {
	s := storedChanges{Comparison: c.Comparison, Changes: make([]storedChange, len(c.changes))}
	for i, ch := range c.changes {
		s.Changes[i] = storedChange{Indicator: ch.Indicator, Domain: ch.Domain, Verdict: ch.Verdict, Why: ch.Why}
		if m, tested := ch.Movement(); tested {
			s.Changes[i].Movement = &m
		}
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads changes that MarshalJSON wrote, with the same checks as
// [NewChanges].
func (c *Changes) UnmarshalJSON(data []byte) error {
	var s storedChanges
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("changes: %w", err)
	}
	changes := make([]Change, len(s.Changes))
	for i, sc := range s.Changes {
		if (sc.Movement != nil) != sc.Verdict.Tested() {
			return fmt.Errorf("changes: cell %s × %s: verdict %q does not fit its content", sc.Indicator, sc.Domain, sc.Verdict)
		}
		changes[i] = Change{Indicator: sc.Indicator, Domain: sc.Domain, Verdict: sc.Verdict, Why: sc.Why}
		if sc.Movement != nil {
			changes[i].movement = *sc.Movement
		}
	}
	read, err := NewChanges(gate.Passed{}, s.Comparison, changes)
	if err != nil {
		return err
	}
	*c = *read
	return nil
}
