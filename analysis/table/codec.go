package table

import (
	"encoding/json"
	"fmt"

	"barometer/analysis/internal/gate"
)

// stored is the form of a table in a wave's archive and in a release. A
// suppressed cell is stored as its status alone.
type stored struct {
	Meta       Meta         `json:"meta"`
	Indicators []Indicator  `json:"indicators"`
	Domains    []Domain     `json:"domains"`
	Cells      []storedCell `json:"cells"`
}

type storedCell struct {
	Status Status  `json:"status,omitempty"`
	Figure *Figure `json:"figure,omitempty"`
}

// MarshalJSON writes the table; suppressed cells carry no number.
func (t *Table) MarshalJSON() ([]byte, error) {
	s := stored{Meta: t.Meta, Indicators: t.indicators, Domains: t.domains}
	for _, c := range t.cells {
		sc := storedCell{Status: c.status}
		if f, ok := c.Figure(); ok {
			sc.Figure = &f
		}
		s.Cells = append(s.Cells, sc)
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads a table that was written by MarshalJSON, with the same
// checks as [New]. It refuses a suppressed cell that carries a number and a
// published one that carries none.
func (t *Table) UnmarshalJSON(data []byte) error {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("table: %w", err)
	}
	cells := make([]Cell, len(s.Cells))
	for i, sc := range s.Cells {
		if (sc.Figure == nil) != sc.Status.Suppressed() {
			return fmt.Errorf("table: cell %d: status %q does not fit its content", i, sc.Status)
		}
		cells[i].status = sc.Status
		if sc.Figure != nil {
			cells[i].figure = *sc.Figure
		}
	}
	read, err := New(gate.Passed{}, s.Meta, s.Indicators, s.Domains, cells)
	if err != nil {
		return err
	}
	*t = *read
	return nil
}
