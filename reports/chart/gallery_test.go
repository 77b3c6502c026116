package chart_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/gallery"
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
