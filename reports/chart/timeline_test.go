package chart_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"barometer/analysis/external"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/internal/invented"
)

// published is the series that comes with the program.
func published(t *testing.T) *external.Series {
	t.Helper()
	f, err := os.Open("../../cmd/barometer/demo/wave/external.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := external.Load(f, "external.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// story is a wave of 2029 with those of 2027 and 2025 before it, a break at 2027
// and a surplus in 2029.
func story(t *testing.T) (*table.Table, chart.History) {
	t.Helper()
	h := chart.History{External: published(t)}
	for wave, percent := range map[string]float64{"2025": 82, "2027": 79} {
		d := invented.New()
		d.Meta.Wave, d.Meta.Period = wave, i18n.Same(wave)
		d.Set("innov_rate", "total", percent, percent-2, percent+2)
		d.Set("reuse", "total", percent, percent-2, percent+2)
		h.Earlier = append(h.Earlier, d.Table())
	}
	d := invented.New()
	d.Meta.Wave, d.Meta.Period = "2029", i18n.Same("2027–2028")
	d.Set("innov_rate", "total", 84, 82, 86)
	d.Set("reuse", "total", 81, 78, 83)
	for _, id := range []string{"innov_rate", "reuse"} {
		d.Indicator(id).Breaks = []table.Break{{Wave: "2025", Reason: i18n.Text{DA: "Nyt spørgeskema", EN: "New questionnaire"}}}
	}
	d.Indicator("innov_rate").Breaks = append(d.Indicator("innov_rate").Breaks,
		table.Break{Wave: "2027", Reason: i18n.Text{DA: "Rammen er ny", EN: "The frame is new"}})
	h.Changes = new(table.Changes)
	err := json.Unmarshal([]byte(`{"before":"2027","after":"2029","before_period":{"da":"2027","en":"2027"},"level":0.95,"significance":0.05,"adjust":"holm",
		"changes":[{"indicator":"innov_rate","domain":"total","verdict":"up","difference":0.05,"low":0.021,"high":0.079,"se":0.0148,"df":1500,"p":0.001,"p_adjusted":0.003},
		{"indicator":"reuse","domain":"total","verdict":"no_clear","difference":0.02,"low":-0.01,"high":0.05,"se":0.0148,"df":1500,"p":0.2,"p_adjusted":0.2}]}`), h.Changes)
	if err != nil {
		t.Fatal(err)
	}
	return d.Table(), h
}

func over(t *testing.T, tab *table.Table, h chart.History, indicator string, l i18n.Lang) *chart.Chart {
	t.Helper()
	c, err := chart.Over(tab, h, chart.Timeline(indicator, "total"), l)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Golden drawing; looked at with -gallery.
func TestTimeLineGallery(t *testing.T) {
	tab, h := story(t)
	for _, l := range i18n.Languages {
		c := over(t, tab, h, "innov_rate", l)
		show(t, c, l)
		if l == i18n.Danish {
			golden(t, "timeline.svg", []byte(svg(t, c)))
		}
	}
}

// The figures of others keep their own mark and name, have no interval, and
// nothing joins them to ours.
func TestPublishedFiguresStandApart(t *testing.T) {
	tab, h := story(t)
	c := over(t, tab, h, "reuse", i18n.Danish)
	var ours, theirs int
	for _, p := range c.Data() {
		if p.External {
			theirs++
			if p.Low != p.High || p.N != 0 || p.Series != h.External.Label.DA {
				t.Errorf("a published figure is %+v", p)
			}
			continue
		}
		ours++
	}
	if ours != 3 || theirs != 3 {
		t.Errorf("%d figures of ours and %d of others, want 3 and 3", ours, theirs)
	}
	if n := strings.Count(svg(t, c), `stroke="#BFBFBF" stroke-width="1.6"`); n != 2 {
		t.Errorf("%d lines join figures, want the 2 between our three waves", n)
	}
	notes := strings.Join(c.Notes, "\n")
	for _, part := range []string{h.External.Uncertainty.DA, "CO-PI, »Spredning", "formentlig lagt sammen før afrunding", "må ikke læses som en udvikling", "Brud mellem 2021–23 og 2025: Nyt spørgeskema"} {
		if !strings.Contains(notes, part) {
			t.Errorf("the notes do not say %q:\n%s", part, notes)
		}
	}
	var b bytes.Buffer
	if err := c.CSV(&b); err != nil {
		t.Fatal(err)
	}
	if want := `"Danmarks Statistik/COI, offentliggjort",2014,73.0,,,,`; !strings.Contains(b.String(), want) {
		t.Errorf("no line with %s:\n%s", want, b.String())
	}
}

// A break parts our own waves too: no line crosses it, and it is named.
func TestBreakPartsTheLine(t *testing.T) {
	tab, h := story(t)
	drawing := svg(t, over(t, tab, h, "innov_rate", i18n.English))
	if n := strings.Count(drawing, `stroke="#BFBFBF" stroke-width="1.6"`); n != 1 {
		t.Errorf("%d lines join figures, want the one from 2027 to 2029", n)
	}
	if n := strings.Count(drawing, ">Break<"); n != 2 {
		t.Errorf("%d breaks are marked, want 2", n)
	}
}

// The title says of a change what its test says, and no more.
func TestTitleFollowsTheTest(t *testing.T) {
	tab, h := story(t)
	for id, want := range map[string]string{"innov_rate": "84\u00a0pct., steget siden 2027", "reuse": "81\u00a0pct., ingen sikker ændring siden 2027"} {
		if c := over(t, tab, h, id, i18n.Danish); !strings.HasSuffix(c.Title, want) {
			t.Errorf("the title is %q, want one that ends %q", c.Title, want)
		}
	}
	h.Changes = nil
	if c := over(t, tab, h, "reuse", i18n.Danish); !strings.HasSuffix(c.Title, "81\u00a0pct.") {
		t.Errorf("without a test the title is %q", c.Title)
	}
}

// A suppressed figure of an earlier wave leaves a gap with a sign.
func TestSuppressedWaveIsAGap(t *testing.T) {
	tab, h := story(t)
	d := invented.New()
	d.Meta.Wave, d.Meta.Period = "2027", i18n.Same("2027")
	d.Suppress("reuse", "total", table.Confidential)
	for i, e := range h.Earlier {
		if e.Wave == "2027" {
			h.Earlier[i] = d.Table()
		}
	}
	drawing := svg(t, over(t, tab, h, "reuse", i18n.Danish))
	if n := strings.Count(drawing, `stroke="#BFBFBF" stroke-width="1.6"`); n != 0 || !strings.Contains(drawing, ">..<") {
		t.Errorf("%d lines join figures across a suppressed one", n)
	}
}

func TestHistoryKnowsWhatCanBeShown(t *testing.T) {
	_, h := story(t)
	for _, c := range []struct {
		h    chart.History
		id   string
		want bool
	}{{h, "innov_rate", true}, {chart.History{}, "innov_rate", false}, {chart.History{External: h.External}, "reuse", true}, {chart.History{External: h.External}, "shared", false}} {
		if got := c.h.Knows(c.id, "total"); got != c.want {
			t.Errorf("%s: %t", c.id, got)
		}
	}
}
