package weightpage

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"barometer/internal/i18n"
	"barometer/weighting"
)

var gallery = flag.String("gallery", "", "a folder to write the pages to, to look at")

func example() Page {
	all := weighting.Summary{N: 1612, Sum: 14297, Min: 1, Max: 31.9, CV: 0.61, KishDeff: 1.372, EffectiveN: 1175}
	return Page{
		Wave:      i18n.Text{DA: "Innovationsbarometeret <2025>", EN: "Innovation Barometer <2025>"},
		Synthetic: true,
		Diagnostics: weighting.Diagnostics{
			Units:    4494,
			Statuses: []weighting.StatusCount{{Code: "complete", Units: 1594}, {Code: "refused & gone", Units: 230}},
			Steps: []weighting.StepReport{
				{Kind: "base", As: "weight_design", Summary: all},
				{Kind: "rake", As: "weight", Summary: all, Solver: &weighting.SolverReport{Iterations: 3, Worst: "size=1-19", MinFactor: 0.9, MaxFactor: 1.2},
					Constraints: []weighting.ConstraintReport{{Name: "size=1-19", Total: 6000, Before: 5900, After: 6000}}},
			},
			Final:    all,
			Column:   "subsector",
			Warnings: []i18n.Text{{DA: "Klassen <b> er lille.", EN: "Class <b> is small."}},
			Balance: []weighting.Balance{{Margin: "size", Unweighted: 0.25, Design: 0.1,
				Levels: []weighting.BalanceLevel{{Level: "1-19", Frame: 0.42, Unweighted: 0.3, Design: 0.39, Final: 0.42}}}},
			Spreads: []weighting.Spread{
				{N: 1612, Min: 1, Q1: 4.1, Median: 8.2, Q3: 12.9, Max: 31.9},
				{Group: "K-DAG", N: 420, Min: 7.2, Q1: 9.9, Median: 12.5, Q3: 14, Max: 31.9},
				{Group: "R-ADM", N: 31, Min: 1, Q1: 1, Median: 1.3, Q3: 1.9, Max: 2.2},
				{Group: "tom"},
			},
		},
		Label: func(_, level string) i18n.Text {
			return map[string]i18n.Text{"K-DAG": {DA: "Dagtilbud", EN: "Day care"}, "R-ADM": {DA: "Regional administration", EN: "Regional administration"}}[level]
		},
	}
}

// TestPage: the page holds the chart and every table, and nothing of the data
// becomes markup.
func TestPage(t *testing.T) {
	for _, l := range i18n.Languages {
		p := example()
		var b bytes.Buffer
		if err := p.Write(&b, l); err != nil {
			t.Fatal(err)
		}
		if *gallery != "" {
			if err := os.WriteFile(filepath.Join(*gallery, "weighting."+string(l)+".html"), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		doc, err := html.Parse(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode {
				count[n.Data]++
			}
		}
		tables := 0
		for _, s := range p.Diagnostics.Sections(l) {
			if len(s.Rows) > 0 {
				tables++
			}
		}
		if count["table"] != tables || count["svg"] != 2 || count["script"] != 0 || count["b"] != 0 || count["main"] != 1 {
			t.Errorf("%s: elements %v, want %d tables", l, count, tables)
		}
		for _, part := range []string{p.Wave.In(l), "4\u202f494", p.Label("", "K-DAG").In(l) + " (420)"} {
			if !strings.Contains(text(doc), part) {
				t.Errorf("%s: the page does not say %q", l, part)
			}
		}
		if strings.Contains(text(doc), "%!") || strings.Contains(text(doc), "tom (0)") {
			t.Errorf("%s: the page holds a fault of formatting or an empty group", l)
		}
	}
}

func text(doc *html.Node) string {
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// TestNoWeights: a wave where nobody has a weight is refused, not drawn.
func TestNoWeights(t *testing.T) {
	p := example()
	p.Diagnostics.Final = weighting.Summary{}
	if err := p.Write(&bytes.Buffer{}, i18n.Danish); err == nil {
		t.Error("a page without weights was written")
	}
}
