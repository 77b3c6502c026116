package release

import (
	"fmt"
	"maps"
	"slices"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// changedFigures lists the figures that differ between two tables, those that
// only one of them has included.
func changedFigures(before, after *table.Table) []string {
	var changed []string
	seen := make(map[string]bool)
	for _, t := range []*table.Table{after, before} {
		for _, ind := range t.Indicators() {
			for _, d := range t.Domains() {
				address := ind.ID + " × " + d.ID()
				if seen[address] {
					continue
				}
				seen[address] = true
				a, inBefore := before.Cell(ind.ID, d.ID())
				b, inAfter := after.Cell(ind.ID, d.ID())
				if inBefore != inAfter || a != b {
					changed = append(changed, address)
				}
			}
		}
	}
	return changed
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

// history returns the changes up to this version, newest first. It refuses a
// version that does not follow the one before it, that changes figures under a
// minor number, or that gives no reason.
func (in Input) history(previous *Release) ([]formats.Change, error) {
	change := formats.Change{Version: in.Version.String(), Date: in.Built.Format("2006-01-02"), Reason: in.Reason}
	if previous == nil {
		if in.Version != First {
			return nil, fmt.Errorf("release: wave %s has no release yet: its first version is %s, not %s", in.Table.Wave, First, in.Version)
		}
		if change.Reason.IsZero() {
			change.Reason = i18n.Text{DA: "Første udgivelse.", EN: "First release."}
		}
		return []formats.Change{change}, nil
	}
	m := previous.Manifest
	if !in.Version.follows(m.Version) {
		return nil, fmt.Errorf("release: version %s cannot follow %s: use %s where figures change, %s where only texts do",
			in.Version, m.Version, Version{m.Version.Major + 1, 0}, Version{m.Version.Major, m.Version.Minor + 1})
	}
	if len(in.Reason.Missing()) > 0 {
		return nil, fmt.Errorf("release: version %s needs its reason in Danish and English", in.Version)
	}
	before, err := previous.Table()
	if err != nil {
		return nil, err
	}
	modelled, err := previous.Models()
	if err != nil {
		return nil, err
	}
	change.Cells = append(changedFigures(before, in.Table), changedModels(modelled, in.Models)...)
	if len(change.Cells) > 0 && in.Version.Major == m.Version.Major {
		return nil, fmt.Errorf("release: version %s changes %d figures, the first of them %s: a change of figures needs version %s",
			in.Version, len(change.Cells), change.Cells[0], Version{m.Version.Major + 1, 0})
	}
	return append([]formats.Change{change}, m.Changes...), nil
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
