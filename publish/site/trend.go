package site

import (
	"bytes"
	"slices"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/release"
	"barometer/reports/chart"
	"barometer/reports/number"
)

// trendName is the time line of an indicator as a file, below its page.
const trendName = "/trend.svg"

// pastOf gathers what lies before a release: the newest version of every
// earlier wave among the releases, and what the release holds of changes and of
// figures that others published. A real and a synthetic wave do not go together.
func pastOf(r *release.Release, older []*release.Release) (chart.History, error) {
	var past chart.History
	var err error
	if past.Changes, err = r.Changes(); err != nil {
		return past, err
	}
	if past.External, err = r.External(); err != nil {
		return past, err
	}
	wave := r.Manifest.Wave
	for _, other := range older {
		m := other.Manifest
		if m.Wave >= wave || m.Synthetic != r.Manifest.Synthetic {
			continue
		}
		t, err := other.Table()
		if err != nil {
			return past, err
		}
		past.Earlier, wave = append(past.Earlier, t), m.Wave
	}
	return past, nil
}

// trendView is the development of an indicator for all workplaces.
type trendView struct {
	Chart drawing
	File  string
	Rows  []trendRow
}

// trendRow is the figure of one wave, ours or published by others.
type trendRow struct {
	Period string
	By     string // who published it, "" for ours
	figure
}

// trend describes the development of an indicator, nil where nothing is known
// before the wave.
func (s *Site) trend(ind table.Indicator, l i18n.Lang) (*trendView, error) {
	c, err := s.current.trend(ind, l)
	if c == nil || err != nil {
		return nil, err
	}
	d, err := draw(c)
	if err != nil {
		return nil, err
	}
	v := &trendView{Chart: d, File: indicatorPath(ind) + trendName}
	for _, p := range slices.Backward(c.Data()) {
		v.Rows = append(v.Rows, s.trendRow(ind, p, l))
	}
	return v, nil
}

// trend is the time line of an indicator, nil where nothing is known before.
func (e *edition) trend(ind table.Indicator, l i18n.Lang) (*chart.Chart, error) {
	if ind.Counted || !e.past.Knows(ind.ID, totalDomain) {
		return nil, nil
	}
	return chart.Over(e.Table, e.past, chart.Timeline(ind.ID, totalDomain), l)
}

func (s *Site) trendRow(ind table.Indicator, p chart.Point, l i18n.Lang) trendRow {
	if p.External {
		return trendRow{Period: p.Period, By: p.Series, figure: figure{Value: s.trendValue(ind, p, l), Shown: true}}
	}
	at := p.Wave
	for _, t := range append(slices.Clone(s.current.past.Earlier), s.current.Table) {
		if c, ok := t.Cell(ind.ID, p.Domain); ok && t.Wave == at {
			return trendRow{Period: p.Period, figure: s.figure(ind, c, l)}
		}
	}
	return trendRow{Period: p.Period}
}

// trendValue writes a published figure as it was printed.
func (s *Site) trendValue(ind table.Indicator, p chart.Point, l i18n.Lang) string {
	about := strings.TrimSuffix(p.Label, number.Decimal(p.Value, 0, l)) // "ca. "
	return about + s.value(ind.Kind, p.Value/100, l)
}

// addTrend enters the time line of an indicator as a file.
func (s *Site) addTrend(path string, ind table.Indicator) {
	if ind.Counted || !s.current.past.Knows(ind.ID, totalDomain) {
		return
	}
	s.addFile(path+trendName, "image/svg+xml", inline(s.current.release.Manifest, ind.ID+".trend.svg"), func(l i18n.Lang) ([]byte, error) {
		c, err := s.current.trend(ind, l)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = c.SVG(&b)
		return b.Bytes(), err
	})
}
