package disclosure

import (
	"errors"
	"fmt"

	"barometer/analysis/compare"
	"barometer/analysis/internal/gate"
	"barometer/analysis/table"
)

// Changes lets changes between two waves through. What may be shown of a change
// was decided with the two tables: where either suppresses the figure, the
// change loses its numbers here, whatever its verdict says. A change of a cell
// that the later table does not have is an error, and so is a trend between
// other waves than those of the tables.
func Changes(before, after *table.Table, t *compare.Trend) (*table.Changes, error) {
	if t.How.Before != before.Wave || t.How.After != after.Wave {
		return nil, fmt.Errorf("disclosure: the changes are from wave %s to %s, the tables of %s and %s",
			t.How.Before, t.How.After, before.Wave, after.Wave)
	}
	var faults []error
	changes := make([]table.Change, len(t.Moved))
	for i, m := range t.Moved {
		later, ok := after.Cell(m.Indicator, m.Domain)
		if !ok {
			faults = append(faults, fmt.Errorf("disclosure: wave %s has no cell %s × %s", after.Wave, m.Indicator, m.Domain))
		}
		earlier, ok := before.Cell(m.Indicator, m.Domain)
		verdict := m.Verdict
		if verdict.Tested() && (!ok || earlier.Status().Suppressed() || later.Status().Suppressed()) {
			verdict = table.Hidden
		}
		changes[i] = table.NewChange(gate.Passed{}, m.Indicator, m.Domain, verdict, m.Why, m.Movement)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return table.NewChanges(gate.Passed{}, t.How, changes)
}
