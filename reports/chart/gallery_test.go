package chart_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/gallery"
	"barometer/reports/internal/invented"
)

var (
	update = flag.Bool("update", false, "rewrite the golden drawings")
	folder = flag.String("gallery", "", "a folder to write every drawing to, as SVG and PNG")
)

// hard is the table of the gallery; drawn gives it with the history behind it.
func hard() *table.Table { t, _ := drawn(); return t }

var drawn = sync.OnceValues(func() (*table.Table, chart.History) {
	t, past, err := gallery.Table()
	if err != nil {
		panic(err)
	}
	return t, past
})

var specs = func() (list []chart.Spec) {
	for _, p := range gallery.Pictures() {
		list = append(list, p.Spec)
	}
	return list
}()

// Golden drawings in Danish; -update rewrites them. Each has been looked at.
func TestGallery(t *testing.T) {
	tab, past := drawn()
	for _, spec := range specs {
		t.Run(spec.ID, func(t *testing.T) {
			for _, l := range i18n.Languages {
				c, err := chart.Over(tab, past, spec, l)
				if err != nil {
					t.Fatal(err)
				}
				var svg bytes.Buffer
				if err := c.SVG(&svg); err != nil {
					t.Fatal(err)
				}
				show(t, c, l)
				if l == i18n.Danish {
					golden(t, spec.ID+".svg", svg.Bytes())
				}
			}
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from its golden drawing (%d bytes, want %d); look at it with -gallery, accept it with -update", name, len(got), len(want))
	}
}

// show writes the drawing for the eye.
func show(t *testing.T, c *chart.Chart, l i18n.Lang) {
	if *folder == "" {
		return
	}
	for form, write := range map[string]func(*bytes.Buffer) error{
		"svg":        func(b *bytes.Buffer) error { return c.SVG(b) },
		"png":        func(b *bytes.Buffer) error { return c.PNG(b, 200) },
		"phone.svg":  func(b *bytes.Buffer) error { return c.PhoneSVG(b) },
		"inline.svg": func(b *bytes.Buffer) error { return c.Inline(b, false) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(*folder, fmt.Sprintf("%s.%s.%s", c.ID, l, form))
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDistribution draws plain values, and refuses values out of order.
func TestDistribution(t *testing.T) {
	d := chart.Distribution{
		ID: "distribution", Title: "De endelige vægte går fra 0,4 til 1\u202f250", Subtitle: "Endelig vægt", Source: "Kilde: prøvedata", Unit: "Vægt",
		Notes: []string{"To grupper."},
		Groups: []chart.Spread{
			{Label: "Alle", N: 1612, Strong: true, Min: 0.4, Q1: 210, Median: 400, Q3: 620, Max: 1250},
			{Label: "Ens", N: 3, Min: 5, Q1: 5, Median: 5, Q3: 5, Max: 5},
		},
	}
	c, err := chart.NewDistribution(d, i18n.Danish)
	if err != nil {
		t.Fatal(err)
	}
	var svg bytes.Buffer
	if err := c.SVG(&svg); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "golden", d.ID+".svg")
	if *update {
		if err := os.WriteFile(path, svg.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || !bytes.Equal(want, svg.Bytes()) {
		t.Errorf("%s differs from its golden drawing (%v); accept it with -update", path, err)
	}
	if n := len([]rune(c.Alt())); n < 50 || n > 300 {
		t.Errorf("the alternative text has %d characters: %s", n, c.Alt())
	}
	d.Groups[1].Q3 = 4
	if _, err := chart.NewDistribution(d, i18n.Danish); err == nil {
		t.Error("a quartile below the median was drawn")
	}
}

// Goal 15: every kind that a specification may ask for is in the gallery.
func TestGoal15_EveryKindIsDrawn(t *testing.T) {
	for _, k := range chart.Kinds {
		if !slices.ContainsFunc(specs, func(s chart.Spec) bool { return s.Kind == k }) {
			t.Errorf("the gallery has no %s chart", k)
		}
	}
}

// Goal 18: the alternative text of every picture tells its kind and its finding in
// 50 to 300 characters, from the data: another figure, another text.
func TestGoal18_AlternativeTextComesFromTheData(t *testing.T) {
	tab, past := drawn()
	for _, spec := range specs {
		for _, l := range i18n.Languages {
			c, err := chart.Over(tab, past, spec, l)
			if err != nil {
				t.Fatal(err)
			}
			if n := utf8.RuneCountInString(c.Alt()); n < 50 || n > 300 {
				t.Errorf("%s (%s): %d characters: %s", spec.ID, l, n, c.Alt())
			}
		}
	}
	d := invented.New()
	spec := chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}}
	before := draw(t, d.Table(), spec, i18n.English).Alt()
	d.Set("evaluated", "total", 12, 10, 14)
	if after := draw(t, d.Table(), spec, i18n.English).Alt(); after == before || !strings.Contains(after, "12") {
		t.Errorf("the alternative text stayed %q", after)
	}
}

// Goal 21: a chart of nothing says so, and why.
func TestGoal21_NothingToShowIsSaid(t *testing.T) {
	d := invented.New()
	for _, s := range []struct {
		status table.Status
		want   string
	}{{table.Confidential, "Not shown for confidentiality"}, {table.Unreliable, "the figure is too uncertain"}, {table.Empty, "Nobody was asked"}} {
		for _, dom := range d.Domains {
			d.Suppress("innov_rate", dom.ID(), s.status)
		}
		for _, k := range []chart.Kind{chart.Bar, chart.Dots, chart.Key, chart.Tiles, chart.Funnel} {
			spec := chart.Spec{ID: "x", Kind: k, Indicators: []string{"innov_rate"}}
			if k == chart.Funnel {
				spec.Domains = []string{"subsector:*"}
			}
			if out := svg(t, draw(t, d.Table(), spec, i18n.English)); !strings.Contains(out, s.want) {
				t.Errorf("%s: the drawing does not say %q", k, s.want)
			}
		}
	}
}

// Net agreement is those who agree less those who disagree, with an interval of
// its own, and stands in the data behind the chart.
func TestNetAgreementIsAgreeLessDisagree(t *testing.T) {
	c := draw(t, hard(), specs[slices.IndexFunc(specs, func(s chart.Spec) bool { return s.Kind == chart.Scale })], i18n.Danish)
	parts := map[string]float64{}
	for _, p := range c.Data() {
		if p.IndicatorLabel == "Prøver nyt" {
			parts[p.Indicator[strings.Index(p.Indicator, ".")+1:]] += p.Value
			if strings.HasPrefix(p.Indicator, "net_agree") && (p.Low >= p.Value || p.High <= p.Value) {
				t.Errorf("the net agreement has no interval: %+v", p)
			}
		}
	}
	want := parts["enig"] + parts["helt_enig"] - parts["uenig"] - parts["helt_uenig"]
	if got := parts["proever_nyt"]; got < want-0.3 || got > want+0.3 {
		t.Errorf("net agreement %.1f, the shares give %.1f", got, want)
	}
}

// A row of a scale with one suppressed step shows none.
func TestScaleHidesTheWholeRow(t *testing.T) {
	d := invented.New()
	spec := chart.Spec{ID: "x", Kind: chart.Scale, Indicators: []string{"agree_proever_nyt.*", "agree_maaler_effekt.*"}}
	before := strings.Count(svg(t, draw(t, d.Table(), spec, i18n.Danish)), `height="16"`)
	d.Suppress("agree_maaler_effekt.enig", "total", table.Confidential)
	after := strings.Count(svg(t, draw(t, d.Table(), spec, i18n.Danish)), `height="16"`)
	if before != 12 || after != 6 {
		t.Errorf("%d and %d parts drawn, want 12 and 6", before, after)
	}
}

// A group within what chance explains is not called apart; one outside is named in
// the title.
func TestFunnelNamesWhatLiesOutside(t *testing.T) {
	d := invented.New()
	spec := chart.Spec{ID: "x", Kind: chart.Funnel, Indicators: []string{"innov_rate"}, Domains: []string{"subsector:*"}}
	if c := draw(t, d.Table(), spec, i18n.English); !strings.Contains(c.Title, "no group lies outside") {
		t.Errorf("title %q", c.Title)
	}
	d.Set("innov_rate", "subsector:K-SKO", 97, 95, 99)
	if c := draw(t, d.Table(), spec, i18n.English); !strings.Contains(c.Title, "outside the expected range: Primary") {
		t.Errorf("title %q", c.Title)
	}
}

// A slope joins nothing across a break, and darkens what its test carries.
func TestSlopeFollowsBreaksAndTests(t *testing.T) {
	tab, past := drawn()
	spec := chart.Spec{ID: "x", Kind: chart.Slope, Indicators: []string{"value.kvalitet", "value.effektivitet", "value.medarbejdertilfredshed", "reused_out"}}
	c, err := chart.Over(tab, past, spec, i18n.Danish)
	if err != nil {
		t.Fatal(err)
	}
	out := svg(t, c)
	if dark, grey := strings.Count(out, `stroke="#12436D" stroke-width="1.6"/>`), strings.Count(out, `stroke="#8C8C8C" stroke-width="1.6"/>`); dark != 2+4 || grey != 1+4 {
		t.Errorf("%d dark and %d grey strokes with the dots, want 6 and 5", dark, grey)
	}
	if _, err := chart.New(tab, spec, i18n.Danish); err == nil || !strings.Contains(err.Error(), "no earlier wave") {
		t.Errorf("a slope of one wave: %v", err)
	}
}
