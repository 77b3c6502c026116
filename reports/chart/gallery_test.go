package chart_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/internal/tabletest"
)

var (
	update  = flag.Bool("update", false, "rewrite the golden drawings")
	gallery = flag.String("gallery", "", "a folder to write every drawing to, as SVG and PNG")
)

// hard is a table with what breaks charts: long labels, 0 and 100 %, hostile
// text, suppressed and uncertain cells.
func hard() *table.Table {
	d := tabletest.New()
	d.Set("shared", "sector:kommune", 0, 0, 3.2)
	d.Set("shared", "sector:region", 100, 96.1, 100)
	d.Set("shared", "sector:stat", 50, 38, 62)
	d.Mark("shared", "sector:stat")
	d.Indicator("value.kvalitet").Label = i18n.Text{
		DA: "Højere kvalitet i ydelserne til borgere, pårørende og virksomheder, også uden for almindelig åbningstid",
		EN: "Higher quality of services to citizens, relatives and firms, also outside ordinary opening hours"}
	d.Indicator("value.anden").Label = i18n.Text{DA: `Værdi < "ny" & 'større' >`, EN: `Value < "new" & 'larger' >`}
	d.Suppress("value.politiske_maal", "total", table.Confidential)
	d.Suppress("value.ved_ikke", "total", table.Unreliable)
	for _, dom := range []string{"total", "sector:kommune", "sector:region", "sector:stat"} {
		d.Suppress("reuse", dom, table.Confidential)
	}
	d.Suppress("novelty.foerst", "sector:region", table.Confidential)
	d.Suppress("hinder.pressen", "total", table.Confidential)
	d.Suppress("type_rate.produkt", "sector:region", table.Confidential)
	return d.Table()
}

var specs = []chart.Spec{
	{ID: "bar-long-labels", Kind: chart.Bar, Indicators: []string{"value.*"}},
	{ID: "bar-zero-and-hundred", Kind: chart.Bar, Indicators: []string{"shared"}, Domains: []string{"total", "sector:*"}},
	{ID: "bar-one-category", Kind: chart.Bar, Indicators: []string{"evaluated"}},
	{ID: "bar-all-suppressed", Kind: chart.Bar, Indicators: []string{"reuse"}, Domains: []string{"total", "sector:*"}},
	{ID: "dots-all-domains", Kind: chart.Dots, Indicators: []string{"innov_rate"}, Domains: []string{"total", "sector:*", "size:*", "subsector:*"}},
	{ID: "dots-score", Kind: chart.Dots, Indicators: []string{"culture"}, Domains: []string{"total", "sector:*"}},
	{ID: "pairs", Kind: chart.Pairs, Indicators: []string{"promote.*"}, Against: []string{"hinder.*"}},
	{ID: "stacked-scale", Kind: chart.Stacked, Indicators: []string{"promote.*"}, Against: []string{"hinder.*"},
		Rest: i18n.Text{DA: "Uden betydning, ikke relevant eller ved ikke", EN: "No effect, not relevant or don't know"}},
	{ID: "stacked-categories", Kind: chart.Stacked, Indicators: []string{"novelty.*"}, Domains: []string{"total", "sector:*"}},
	{ID: "panels", Kind: chart.Panels, Indicators: []string{"type_rate.*"}, Domains: []string{"sector:*"}},
	{ID: "key", Kind: chart.Key, Indicators: []string{"innov_rate"}},
}

// Golden drawings in Danish; -update rewrites them. Each has been looked at.
func TestGallery(t *testing.T) {
	tab := hard()
	for _, spec := range specs {
		t.Run(spec.ID, func(t *testing.T) {
			for _, l := range i18n.Languages {
				c, err := chart.New(tab, spec, l)
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
	if *gallery == "" {
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
		name := filepath.Join(*gallery, fmt.Sprintf("%s.%s.%s", c.ID, l, form))
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
