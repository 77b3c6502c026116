package release

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// history is what a version is measured against.
type history struct {
	previous    *Release // the version that readers know; nil: this is the first they see
	changes     []formats.Change
	corrections []formats.Correction
}

// correctedFigures lists the figures that differ between two tables, those that
// only one of them has included.
func correctedFigures(before, after *table.Table) (list []formats.Correction) {
	seen := make(map[string]bool)
	for _, t := range []*table.Table{after, before} {
		for _, ind := range t.Indicators() {
			for _, d := range t.Domains() {
				c := formats.Correction{Indicator: ind.ID, Domain: d.ID()}
				if seen[cellName(c)] {
					continue
				}
				seen[cellName(c)] = true
				a, inBefore := before.Cell(ind.ID, d.ID())
				b, inAfter := after.Cell(ind.ID, d.ID())
				if inBefore != inAfter || a != b {
					c.Before, c.After = formats.Side(a, inBefore), formats.Side(b, inAfter)
					list = append(list, hideBoth(c))
				}
			}
		}
	}
	return list
}

// cellName is how a change names a figure.
func cellName(c formats.Correction) string { return c.Indicator + " × " + c.Domain }

// hideBoth drops the earlier number of a figure that is not shown any more: a
// version repeats nothing that it hides.
func hideBoth(c formats.Correction) formats.Correction {
	if c.After.Figure == nil && c.After.Status != formats.Absent {
		c.Before.Figure = nil
	}
	return c
}

// changedModels lists the model-based figures that differ between two versions.
// They follow from the table, the frame and the catalogue, so they can change
// when no figure of the table does.
func changedModels(before, after *table.Models) []string {
	list := func(m *table.Models) map[string]table.ModelFigure {
		figures := make(map[string]table.ModelFigure)
		if m != nil {
			for _, model := range m.List {
				for _, f := range model.Figures {
					figures["model of "+model.Indicator+" × "+f.Domain] = f
				}
			}
		}
		return figures
	}
	was, is := list(before), list(after)
	changed := make(map[string]bool)
	for address, f := range is {
		if old, had := was[address]; !had || old != f {
			changed[address] = true
		}
	}
	for address := range was {
		if _, has := is[address]; !has {
			changed[address] = true
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// history measures this version against the ones before it. It refuses one that
// does not follow them, that changes figures under a minor number, or that gives
// no reason.
func (in Input) history(dir string) (history, error) {
	all, err := versions(dir, in.Table.Wave)
	if err != nil {
		return history{}, err
	}
	h := history{previous: in.known(all)}
	if err := in.checkFollows(all); err != nil {
		return history{}, err
	}
	change := formats.Change{Version: in.Version.String(), Date: in.Built.Format("2006-01-02"), Reason: in.Reason}
	if h.previous == nil {
		if change.Reason.IsZero() {
			change.Reason = i18n.Text{DA: "Første udgivelse.", EN: "First release."}
		}
		h.changes = []formats.Change{change}
		return h, nil
	}
	if len(in.Reason.Missing()) > 0 {
		return history{}, fmt.Errorf("release: version %s needs its reason in Danish and English", in.Version)
	}
	if h.corrections, change.Cells, err = in.against(h.previous); err != nil {
		return history{}, err
	}
	m := h.previous.Manifest
	if len(change.Cells) > 0 && in.Version.Major == m.Version.Major {
		return history{}, fmt.Errorf("release: version %s changes %d figures, the first of them %s: a change of figures needs version %s",
			in.Version, len(change.Cells), change.Cells[0], in.next(all, true))
	}
	h.changes = append([]formats.Change{change}, m.Changes...)
	return h, nil
}

// known is the newest version that was not withdrawn; nil where there is none.
func (in Input) known(all []*Release) *Release {
	for _, r := range slices.Backward(all) {
		if !slices.Contains(in.Withdrawn, r.Manifest.Version) {
			return r
		}
	}
	return nil
}

// checkFollows refuses a version that leaves numbers out.
func (in Input) checkFollows(all []*Release) error {
	if len(all) == 0 {
		if in.Version != First {
			return fmt.Errorf("release: wave %s has no release yet: its first version is %s, not %s", in.Table.Wave, First, in.Version)
		}
		return nil
	}
	last := all[len(all)-1].Manifest.Version
	if !in.Version.follows(last) {
		return fmt.Errorf("release: version %s cannot follow %s: use %s where figures change, %s where only texts do",
			in.Version, last, in.next(all, true), in.next(all, false))
	}
	return nil
}

// next is the number after the last one used.
func (in Input) next(all []*Release, figures bool) Version {
	if len(all) == 0 {
		return First
	}
	last := all[len(all)-1].Manifest.Version
	if figures {
		return Version{last.Major + 1, 0}
	}
	return Version{last.Major, last.Minor + 1}
}

// against lists what differs from a version, with its numbers and by name.
func (in Input) against(previous *Release) ([]formats.Correction, []string, error) {
	before, errTable := previous.Table()
	modelled, errModels := previous.Models()
	if err := errors.Join(errTable, errModels); err != nil {
		return nil, nil, err
	}
	corrections := correctedFigures(before, in.Table)
	var names []string
	for _, c := range corrections {
		names = append(names, cellName(c))
	}
	return corrections, append(names, changedModels(modelled, in.Models)...), nil
}

// NextVersion is the version that the input has to carry in a folder of
// releases: a new major one where figures differ from the version that readers
// know, else a new minor one. Its own version and reason are not looked at.
func NextVersion(dir string, in Input) (Version, error) {
	all, err := versions(dir, in.Table.Wave)
	if err != nil {
		return Version{}, err
	}
	previous := in.known(all)
	if previous == nil {
		return in.next(all, false), nil
	}
	_, changed, err := in.against(previous)
	return in.next(all, len(changed) > 0), err
}

// checkRecords refuses a minor version whose research data differ from the
// version before.
func (in Input) checkRecords(previous *Release, built []File) error {
	if previous == nil || in.Version.Major != previous.Manifest.Version.Major {
		return nil
	}
	const name = "microdata.csv"
	before, _ := previous.Manifest.File(name)
	for _, f := range built {
		if f.Name == name && f.SHA256 != before.SHA256 {
			return fmt.Errorf("release: version %s changes the research data (%s): that needs version %s; where only texts changed, use the seed of version %s",
				in.Version, name, Version{previous.Manifest.Version.Major + 1, 0}, previous.Manifest.Version)
		}
	}
	return nil
}
