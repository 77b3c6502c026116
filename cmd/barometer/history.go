package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"barometer/analysis/external"
	"barometer/analysis/table"
	"barometer/reports/chart"
)

// externalFile holds the figures that others published, beside the catalogue.
// A wave may do without.
const externalFile = "external.yaml"

// history gathers what lies before the wave: the tables of the waves it goes
// back to, the tested changes, and what others published.
func (w *wave) history(t *table.Table) (chart.History, error) {
	var past chart.History
	earlier, err := w.ancestors()
	if err != nil {
		return past, err
	}
	for _, e := range earlier {
		was, err := e.table()
		if err != nil {
			return past, fmt.Errorf("wave %s goes back to wave %s: %w", w.ID, e.ID, err)
		}
		past.Earlier = append(past.Earlier, was)
	}
	if len(earlier) > 0 {
		if past.Changes, err = load(w.archive.Path(changesFile), readJSON[*table.Changes]); err != nil {
			return past, err
		}
	}
	past.External, err = w.external(t)
	return past, err
}

// historyFiles lists the files that the history is read from.
func (w *wave) historyFiles() (map[string]string, error) {
	files := map[string]string{}
	earlier, err := w.ancestors()
	if err != nil {
		return nil, err
	}
	for _, e := range earlier {
		files["table "+e.ID] = e.archive.Path("table.json")
		files["changes"] = w.archive.Path(changesFile)
	}
	if _, err := os.Stat(w.path(externalFile)); err == nil {
		files["external figures"] = w.path(externalFile)
	}
	return files, nil
}

// ancestors lists the waves that the wave goes back to, the latest first. A
// chain that comes back to itself is an error.
func (w *wave) ancestors() ([]*wave, error) {
	var list []*wave
	seen := map[string]bool{w.ID: true}
	for at := w; ; {
		p, err := at.previous()
		if err != nil || p == nil {
			return list, err
		}
		if seen[p.ID] {
			return nil, fmt.Errorf("%s: previous: wave %s goes back to itself", at.path("wave.yaml"), p.ID)
		}
		seen[p.ID] = true
		list, at = append(list, p), p
	}
}

// external reads the published figures of others, nil where the wave has none.
// Every figure must be one of the table's.
func (w *wave) external(t *table.Table) (*external.Series, error) {
	s, err := load(w.path(externalFile), external.Load)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.Fits(t); err != nil {
		return nil, fmt.Errorf("%s: %w", w.path(externalFile), err)
	}
	return s, nil
}
