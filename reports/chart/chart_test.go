package chart_test

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/chart"
	"barometer/reports/internal/invented"
)

func draw(t *testing.T, tab *table.Table, spec chart.Spec, l i18n.Lang) *chart.Chart {
	t.Helper()
	_, past := drawn()
	c, err := chart.Over(tab, past, spec, l)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func svg(t *testing.T, c *chart.Chart) string {
	t.Helper()
	var b strings.Builder
	if err := c.SVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Every indicator of the table has a chart in both languages, in both widths,
// with a usable alternative text.
func TestOverviewOfEveryIndicator(t *testing.T) {
	tab := invented.Table()
	for _, ind := range tab.Indicators() {
		for _, l := range i18n.Languages {
			c := draw(t, tab, chart.Overview(ind.ID), l)
			if n := utf8.RuneCountInString(c.Alt()); n < 50 || n > 300 {
				t.Errorf("%s (%s): alternative text of %d characters: %q", ind.ID, l, n, c.Alt())
			}
			if !strings.Contains(c.Source, map[i18n.Lang]string{"da": "Syntetiske data", "en": "Synthetic data"}[l]) {
				t.Errorf("%s (%s): source %q does not say that data are synthetic", ind.ID, l, c.Source)
			}
		}
	}
}

func TestGoal20_SVGStandsInAPage(t *testing.T) {
	tab := hard()
	inline := regexp.MustCompile(`\b(style|onload|href|clip-path)\s*=`)
	for _, spec := range specs {
		c := draw(t, tab, spec, i18n.Danish)
		var page bytes.Buffer
		page.WriteString("<div>")
		for _, write := range []func(io.Writer) error{c.SVG, c.PhoneSVG,
			func(w io.Writer) error { return c.Inline(w, false) }, func(w io.Writer) error { return c.Inline(w, true) }} {
			if err := write(&page); err != nil {
				t.Fatal(err)
			}
		}
		page.WriteString("</div>")
		if at := inline.Find(page.Bytes()); at != nil {
			t.Errorf("%s: %q would be refused by a strict page policy", spec.ID, at)
		}
		checkTree(t, spec.ID, page.Bytes())
	}
}

// checkTree reads a page of drawings: well-formed, each named and described,
// ids unique, text as text.
func checkTree(t *testing.T, id string, page []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(page))
	count := make(map[string]int)
	ids := make(map[string]bool)
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: not well-formed: %v", id, err)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		count[el.Name.Local]++
		for _, a := range el.Attr {
			if a.Name.Local == "id" && ids[a.Value] {
				t.Errorf("%s: id %s stands twice in one page", id, a.Value)
			}
			ids[a.Value] = ids[a.Value] || a.Name.Local == "id"
			if el.Name.Local == "svg" && a.Name.Local == "role" && a.Value == "img" {
				count["role"]++
			}
		}
	}
	if count["svg"] != 4 || count["title"] != 4 || count["desc"] != 4 || count["role"] != 4 || count["text"] == 0 {
		t.Errorf("%s: four drawings have %v", id, count)
	}
}

func TestGoal20_HostileLabelsAreText(t *testing.T) {
	d := invented.New()
	d.Indicator("value.kvalitet").Label = i18n.Same(`</text><script>x</script>`)
	out := svg(t, draw(t, d.Table(), chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"value.*"}}, i18n.Danish))
	if strings.Contains(out, "<script>") || !strings.Contains(out, "&lt;/text&gt;&lt;script&gt;x&lt;/script&gt;") {
		t.Error("a label became markup")
	}
}

func TestGoal22_SameBytesTwice(t *testing.T) {
	for _, spec := range specs {
		var first, second bytes.Buffer
		for _, b := range []*bytes.Buffer{&first, &second} {
			c := draw(t, hard(), spec, i18n.English)
			if err := errors.Join(c.SVG(b), c.PNG(b, 40)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two drawings differ", spec.ID)
		}
	}
}

// The lengths of two bars are as their values: the axis starts at zero.
func TestGoal21_BarsStartAtZero(t *testing.T) {
	d := invented.New()
	d.Set("type_rate.produkt", "total", 60, 58, 62)
	d.Set("type_rate.ydelse", "total", 59, 57, 61)
	d.Set("type_rate.proces", "total", 30, 28, 32)
	d.Set("type_rate.kommunikation", "total", 15, 13, 17)
	out := svg(t, draw(t, d.Table(), chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"type_rate.*"}}, i18n.Danish))
	var widths []float64
	for _, m := range regexp.MustCompile(`width="([0-9.]+)" height="14"`).FindAllStringSubmatch(out, -1) {
		w, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		widths = append(widths, w)
	}
	if len(widths) != 4 {
		t.Fatalf("%d bars, want 4", len(widths))
	}
	for i, share := range []float64{60, 59, 30, 15} {
		if got := widths[i] / widths[0]; got < share/60-0.001 || got > share/60+0.001 {
			t.Errorf("bar %d has %.4f of the longest, want %.4f", i, got, share/60)
		}
	}
}

func TestSuppressedAndUncertain(t *testing.T) {
	d := invented.New()
	d.Set("evaluated", "sector:stat", 77, 71, 83)
	d.Suppress("evaluated", "sector:stat", table.Confidential)
	d.Set("evaluated", "sector:region", 44, 30, 58)
	d.Mark("evaluated", "sector:region")
	spec := chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}, Domains: []string{"total", "sector:*"}}
	c := draw(t, d.Table(), spec, i18n.Danish)
	out := svg(t, c)
	for _, want := range []string{"Vises ikke af hensyn til fortrolighed", ">(44)<", "Tal i parentes er usikre"} {
		if !strings.Contains(out, want) {
			t.Errorf("the drawing lacks %q", want)
		}
	}
	if n := strings.Count(out, `height="14"`); n != 3 {
		t.Errorf("%d bars for three published cells", n)
	}
	for _, p := range c.Data() {
		if p.Domain == "sector:stat" && (p.Value != 0 || p.Low != 0 || p.High != 0 || p.N != 0 || p.Label != "") {
			t.Errorf("a suppressed point carries numbers: %+v", p)
		}
	}
}

// A count of the sample has no interval and no weights.
func TestCountedIndicator(t *testing.T) {
	d := invented.New()
	ind := d.Indicator("evaluated")
	ind.Counted, ind.Item = true, ""
	d.Set("evaluated", "total", 37, 37, 37)
	c := draw(t, d.Table(), chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}}, i18n.Danish)
	if out := svg(t, c); strings.Contains(out, "#F46A25") || strings.Contains(out, "Stregen viser") || strings.Contains(out, "vægtet efter") {
		t.Error("a count is drawn with an interval or said to be weighted")
	}
	over := draw(t, d.Table(), chart.Spec{ID: "x", Kind: chart.Dots, Indicators: []string{"evaluated"}, Domains: []string{"total", "sector:*"}}, i18n.Danish)
	if strings.Contains(over.Title, "forskel") {
		t.Errorf("the title speaks of a test of a count: %q", over.Title)
	}
	if !strings.Contains(c.Basis, "uden vægte") {
		t.Errorf("the notes do not say that it is a count: %q", c.Basis)
	}
}

// A row with one suppressed part shows none: the others would give it away.
func TestStackHidesTheWholeRow(t *testing.T) {
	d := invented.New()
	before := svg(t, draw(t, d.Table(), specs[8], i18n.Danish))
	d.Suppress("novelty.foerst", "sector:stat", table.Confidential)
	after := svg(t, draw(t, d.Table(), specs[8], i18n.Danish))
	if n, m := strings.Count(before, `height="16"`), strings.Count(after, `height="16"`); n != 16 || m != 12 {
		t.Errorf("%d and %d parts drawn, want 16 and 12", n, m)
	}
}

func TestGoal19_DataAndCSVAreWhatIsPlotted(t *testing.T) {
	tab := hard()
	for _, spec := range specs {
		c := draw(t, tab, spec, i18n.Danish)
		var b bytes.Buffer
		if err := c.CSV(&b); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		data := c.Data()
		if len(records) != len(data)+1 || len(data) == 0 {
			t.Fatalf("%s: %d records for %d points", spec.ID, len(records), len(data))
		}
		for i, p := range data {
			want := ""
			if p.Shown() {
				want = fmt.Sprintf("%.1f", p.Value)
			}
			if got := records[i+1][6]; got != want || records[i+1][0] != p.Indicator {
				t.Errorf("%s: record %v for point %+v", spec.ID, records[i+1], p)
			}
			_, past := drawn()
			compareWithTable(t, map[bool]*table.Table{true: tab, false: past.Earlier[0]}[p.Wave == tab.Wave || p.Wave == ""], p)
		}
	}
}

func compareWithTable(t *testing.T, tab *table.Table, p chart.Point) {
	t.Helper()
	if p.Indicator == "rest" {
		return
	}
	cell, ok := tab.Cell(p.Indicator, p.Domain)
	f, shown := cell.Figure()
	if !ok || shown != p.Shown() {
		t.Fatalf("point %+v is not the cell", p)
	}
	if ind, _ := tab.Indicator(p.Indicator); ind.Kind == table.Share {
		f.Value *= 100
	} else if ind.Family == "net_agree" {
		f.Value = 2*f.Value - 100
	}
	if d := f.Value - p.Value; shown && (d > 0.0501 || d < -0.0501) {
		t.Errorf("point %+v, the cell is %v", p, f.Value)
	}
}

func TestGoal16_TextThatDoesNotFitIsRefused(t *testing.T) {
	d := invented.New()
	d.Indicator("value.kvalitet").Label = i18n.Same(strings.Repeat("kvalitet", 12))
	_, err := chart.New(d.Table(), chart.Spec{ID: "values", Kind: chart.Bar, Indicators: []string{"value.*"}}, i18n.Danish)
	var layout *chart.LayoutError
	if !errors.As(err, &layout) || layout.Chart != "values" || !strings.Contains(layout.Text, "kvalitetkvalitet") {
		t.Errorf("error %v, want one that names the chart and the label", err)
	}
	d.Indicator("value.kvalitet").Label = i18n.Same(strings.Repeat("kvalitet\u00ad", 12))
	out := svg(t, draw(t, d.Table(), chart.Spec{ID: "values", Kind: chart.Bar, Indicators: []string{"value.*"}}, i18n.Danish))
	if !strings.Contains(out, "kvalitet-</text>") {
		t.Error("a word did not break at its soft hyphens")
	}
}

func TestGoal17_MissingGlyphNamesCharacterAndText(t *testing.T) {
	d := invented.New()
	d.Indicator("evaluated").Label = i18n.Same("Evalueret 漢")
	_, err := chart.New(d.Table(), chart.Spec{ID: "evaluated", Kind: chart.Bar, Indicators: []string{"evaluated"}}, i18n.Danish)
	var glyph *chart.GlyphError
	if !errors.As(err, &glyph) || glyph.Rune != '漢' || !strings.Contains(err.Error(), "Evalueret 漢") {
		t.Errorf("error %v, want one that names the character and the text", err)
	}
}

func TestTitleClaimsNoMoreThanTheFigures(t *testing.T) {
	d := invented.New()
	spec := chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}, Domains: []string{"total", "sector:*"}}
	d.Set("evaluated", "sector:kommune", 40, 35, 45)
	d.Set("evaluated", "sector:region", 41, 36, 46)
	d.Set("evaluated", "sector:stat", 42, 37, 47)
	if c := draw(t, d.Table(), spec, i18n.Danish); !strings.Contains(c.Title, "ingen sikker forskel") {
		t.Errorf("title %q for three figures within chance", c.Title)
	}
	d.Set("evaluated", "sector:stat", 62, 57, 67)
	if c := draw(t, d.Table(), spec, i18n.Danish); !strings.Contains(c.Title, "højest: stat") {
		t.Errorf("title %q, want the state named", c.Title)
	}
}

func TestRefused(t *testing.T) {
	d := invented.New()
	d.Set("promote.tid", "total", 80, 75, 85)
	d.Set("hinder.tid", "total", 60, 55, 65)
	tab := d.Table()
	da := func(s string) i18n.Text { return i18n.Text{DA: s, EN: "x"} }
	cases := []struct {
		name string
		spec chart.Spec
		want string
	}{
		{"unknown kind", chart.Spec{ID: "x", Kind: "pie", Indicators: []string{"evaluated"}}, `kind "pie" is unknown`},
		{"bad id", chart.Spec{ID: "X y", Kind: chart.Bar, Indicators: []string{"evaluated"}}, "id must be"},
		{"no indicators", chart.Spec{ID: "x", Kind: chart.Bar}, "no indicators"},
		{"unknown indicator", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"nope"}}, `no indicator "nope"`},
		{"unknown family", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"nope.*"}}, `no family "nope"`},
		{"unknown domain", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}, Domains: []string{"sector:mars"}}, `"sector:mars"`},
		{"shares and scores", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated", "culture"}}, "cannot share an axis"},
		{"two dimensions", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"value.*"}, Domains: []string{"sector:*"}}, "use panels"},
		{"no counterpart", chart.Spec{ID: "x", Kind: chart.Pairs, Indicators: []string{"value.*"}, Against: []string{"hinder.*"}}, "no counterpart"},
		{"not a whole", chart.Spec{ID: "x", Kind: chart.Stacked, Indicators: []string{"novelty.foerst", "novelty.kopi"}}, "not to 100"},
		{"more than a whole", chart.Spec{ID: "x", Kind: chart.Stacked, Indicators: []string{"promote.*"}, Against: []string{"hinder.*"}}, "not to 100"},
		{"too many parts", chart.Spec{ID: "x", Kind: chart.Stacked, Indicators: []string{"trigger.*"}}, "told apart"},
		{"scale of single indicators", chart.Spec{ID: "x", Kind: chart.Scale, Indicators: []string{"evaluated"}}, "takes whole families"},
		{"scales that differ", chart.Spec{ID: "x", Kind: chart.Scale, Indicators: []string{"agree_proever_nyt.*", "novelty.*"}}, "the steps of novelty"},
		{"net of shares", chart.Spec{ID: "x", Kind: chart.Scale, Indicators: []string{"agree_proever_nyt.*"}, Net: []string{"evaluated"}}, "net agreement is a score"},
		{"net beside bars", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}, Net: []string{"net_agree.*"}}, "net stands beside a scale only"},
		{"too many steps", chart.Spec{ID: "x", Kind: chart.Scale, Indicators: []string{"promote.*"}}, "a scale has 2 to 5"},
		{"foreign focus", chart.Spec{ID: "x", Kind: chart.Funnel, Indicators: []string{"evaluated"}, Domains: []string{"sector:*"}, Focus: "size:1-19"}, "is none of its domains"},
		{"focus without funnel", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}, Focus: "total"}, "a funnel only"},
		{"too many slopes", chart.Spec{ID: "x", Kind: chart.Slope, Indicators: []string{"promote.*"}}, "at most 10"},
		{"two tiles", chart.Spec{ID: "x", Kind: chart.Tiles, Indicators: []string{"evaluated", "reuse"}}, "one indicator, not 2"},
		{"typed number", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}, Title: da("Det er 41 pct.")}, "bind it to a cell"},
		{"missing translation", chart.Spec{ID: "x", Kind: chart.Bar, Indicators: []string{"evaluated"}, Title: i18n.Text{DA: "Kun dansk"}}, "lacks a translation"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, past := drawn()
			_, err := chart.Over(tab, past, c.spec, i18n.Danish)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "chart "+c.spec.ID) {
				t.Errorf("error %v, want one with %q that names the chart", err, c.want)
			}
		})
	}
}

func TestReadSpecs(t *testing.T) {
	good := "- id: a\n  kind: bar\n  indicators: [value.*]\n  title: {da: En titel, en: A title}\n"
	specs, err := chart.ReadSpecs(strings.NewReader(good), "charts.yaml")
	if err != nil || len(specs) != 1 || specs[0].Title.EN != "A title" {
		t.Fatalf("got %+v, %v", specs, err)
	}
	for src, want := range map[string]string{
		good + good:                       "stands twice",
		"- id: a\n  colour: red\n":        "colour",
		"- id: a\n  kind: pie\n":          "no indicators",
		"- {id: a, id: b}\n":              "id",
		"":                                "charts.yaml",
		"- id: a\n  kind: bar\n  rest: 3": "charts.yaml",
	} {
		if _, err := chart.ReadSpecs(strings.NewReader(src), "charts.yaml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", src, err, want)
		}
	}
}

func FuzzReadSpecs(f *testing.F) {
	f.Add("- id: a\n  kind: bar\n  indicators: [value.*]\n  title: {da: '{{cell \"x\" \"y\"}}', en: b}\n")
	f.Add("- id: a\n  kind: stacked\n  indicators: [promote.*]\n  against: [hinder.*]\n")
	tab := invented.Table()
	f.Fuzz(func(t *testing.T, src string) {
		specs, err := chart.ReadSpecs(strings.NewReader(src), "f")
		if err != nil || len(specs) > 3 {
			return
		}
		for _, s := range specs {
			_, _ = chart.New(tab, s, i18n.Danish) // may refuse, must not panic
		}
	})
}

// publish target: 100 drawings in half a second as SVG, in 8 s as PNG.
func BenchmarkSVG(b *testing.B) {
	tab := hard()
	for b.Loop() {
		c, err := chart.New(tab, specs[4], i18n.Danish)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.SVG(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPNG(b *testing.B) {
	c, err := chart.New(hard(), specs[4], i18n.Danish)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := c.PNG(io.Discard, 200); err != nil {
			b.Fatal(err)
		}
	}
}
