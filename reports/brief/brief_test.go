package brief_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"barometer/analysis/disclosure"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/internal/invented"
	"barometer/survey/questionnaire"
)

var out = flag.String("out", "", "a folder to write the reports to")

func policy() disclosure.Policy {
	var p disclosure.Policy
	p.Confidential.MinRespondents, p.Confidential.MinNumerator = 10, 3
	p.Confidential.AllSameRespondents = 30
	p.Uncertain.RespondentsBelow, p.Uncertain.HalfWidthAbove = 30, 0.10
	p.Unreliable.HalfWidthAbove = 0.20
	return p
}

func build(t *testing.T, tab *table.Table, l i18n.Lang) *brief.Report {
	t.Helper()
	s, err := brief.Default()
	if err != nil {
		t.Fatal(err)
	}
	r, err := brief.Build(brief.Input{Table: tab, Policy: policy(), Source: s}, l)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReport(t *testing.T) {
	for _, l := range i18n.Languages {
		t.Run(string(l), func(t *testing.T) {
			r := build(t, invented.Table(), l)
			if *out != "" {
				if err := os.WriteFile(filepath.Join(*out, "report."+string(l)+".html"), r.HTML, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if len(r.Charts) < 12 {
				t.Errorf("%d charts, want at least 12", len(r.Charts))
			}
			again := build(t, invented.Table(), l)
			if !bytes.Equal(r.HTML, again.HTML) {
				t.Error("two builds differ")
			}
			checkPage(t, r)
		})
	}
}

// The report fits the indicators and the wordings of the wave that comes with
// the program: every cell it names is there, and every label has room.
func TestReportOfTheWave(t *testing.T) {
	const wave = "../../cmd/barometer/demo/wave/"
	q, err := questionnaire.Load(open(t, wave+"questionnaire.yaml"), "questionnaire.yaml")
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := indicator.Load(open(t, wave+"indicators.yaml"), "indicators.yaml")
	if err != nil {
		t.Fatal(err)
	}
	definitions, err := catalogue.Expand(q)
	if err != nil {
		t.Fatal(err)
	}
	var list []table.Indicator
	for _, d := range definitions {
		list = append(list, d.Indicator)
	}
	draft := invented.New()
	draft.Describe(list)
	for _, l := range i18n.Languages {
		checkPage(t, build(t, draft.Table(), l))
	}
}

func open(t *testing.T, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// checkPage reads the report as a browser would.
func checkPage(t *testing.T, r *brief.Report) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(r.HTML))
	if err != nil {
		t.Fatal(err)
	}
	p := survey(doc)
	if p.attr["html lang"] != string(r.Lang) || p.count["title"] != 1+2*len(r.Charts) || p.count["h1"] != 1 {
		t.Errorf("language %q, %d titles, %d main headings", p.attr["html lang"], p.count["title"], p.count["h1"])
	}
	for id, n := range p.ids {
		if n > 1 {
			t.Errorf("id %s stands %d times", id, n)
		}
	}
	for _, target := range p.links {
		if p.ids[strings.TrimPrefix(target, "#")] != 1 {
			t.Errorf("the link %s leads nowhere", target)
		}
	}
	if p.count["figure"] != len(r.Charts) || p.count["details"] != len(r.Charts) || p.count["figcaption"] != len(r.Charts) {
		t.Errorf("%d charts, but %d figures, %d captions and %d data tables", len(r.Charts), p.count["figure"], p.count["figcaption"], p.count["details"])
	}
	if p.count["table"] != p.count["caption"] || p.bareHeads > 0 {
		t.Errorf("%d tables with %d captions, %d headers without a scope", p.count["table"], p.count["caption"], p.bareHeads)
	}
	for _, name := range []string{"script", "link", "img", "iframe", "object", "form", "base"} {
		if p.count[name] > 0 {
			t.Errorf("the file has %d <%s>", p.count[name], name)
		}
	}
	for i := 1; i < len(p.headings); i++ {
		if p.headings[i] > p.headings[i-1]+1 {
			t.Errorf("heading level %d follows level %d", p.headings[i], p.headings[i-1])
		}
	}
	if p.inlineStyles > 0 {
		t.Errorf("%d inline styles, which a strict page policy refuses", p.inlineStyles)
	}
}

// found is what a page is made of.
type found struct {
	count, ids              map[string]int
	attr                    map[string]string
	links                   []string
	headings                []int
	bareHeads, inlineStyles int
}

func survey(doc *html.Node) found {
	p := found{count: map[string]int{}, ids: map[string]int{}, attr: map[string]string{}}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		p.count[n.Data]++
		scope := false
		for _, a := range n.Attr {
			p.attr[n.Data+" "+a.Key] = a.Val
			scope = scope || a.Key == "scope"
			switch a.Key {
			case "id":
				p.ids[a.Val]++
			case "href":
				p.links = append(p.links, a.Val)
			case "style":
				p.inlineStyles++
			}
		}
		if n.Data == "th" && !scope {
			p.bareHeads++
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			p.headings = append(p.headings, int(n.Data[1]-'0'))
		}
	}
	return p
}

// The file allows itself its own style sheet and nothing from anywhere else.
func TestGoal23_NothingIsFetched(t *testing.T) {
	r := build(t, invented.Table(), i18n.Danish)
	page := string(r.HTML)
	page = strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, "")
	if at := regexp.MustCompile(`(?i)(https?:)?//[a-z]|url\(|@import|\bsrc=`).FindString(page); at != "" {
		t.Errorf("the file refers to something outside itself: %q", at)
	}
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	if style == nil || !strings.Contains(html.UnescapeString(page), "style-src "+brief.StyleHash()) {
		t.Fatal("the file has no style sheet, or does not name its hash")
	}
	if sheet, err := os.ReadFile("style.css"); err != nil || string(sheet) != style[1] {
		t.Errorf("the style sheet in the file is not the one that was hashed (%v)", err)
	}
}

// Every number of the text follows the table: no sentence keeps a figure when
// its cell changes, and the words of a claim change with the figures.
func TestTextFollowsTheTable(t *testing.T) {
	d := invented.New()
	d.Set("innov_rate", "total", 71, 69, 73)
	d.Set("evaluated", "total", 61, 58, 64)
	d.Set("hinder.tid", "total", 20, 18, 22)
	d.Set("promote.tid", "total", 60, 58, 62)
	d.Suppress("tech_core", "total", table.Confidential)
	r := build(t, d.Table(), i18n.Danish)
	page := string(r.HTML)
	for _, want := range []string{"71\u00a0pct. af de offentlige arbejdspladser", "Teknologi er selve løsningen i [vises ikke af hensyn til fortrolighed]"} {
		if !strings.Contains(page, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, gone := range []string{"Det er færre end halvdelen", "Tiden hæmmer oftere"} {
		if strings.Contains(page, gone) {
			t.Errorf("the report still says %q", gone)
		}
	}
}

func TestHostileLabels(t *testing.T) {
	d := invented.New()
	d.Set("value.kvalitet", "total", 90, 89, 91)
	d.Indicator("value.kvalitet").Label = i18n.Same(`<img src=x> *fed* [a](javascript:x)`)
	page := string(build(t, d.Table(), i18n.Danish).HTML)
	for _, bad := range []string{"<img", "<em>fed", `href="javascript`} {
		if strings.Contains(page, bad) {
			t.Errorf("a label became markup: %s", bad)
		}
	}
}

func TestSyntheticIsSaid(t *testing.T) {
	d := invented.New()
	page := string(build(t, d.Table(), i18n.Danish).HTML)
	if !strings.Contains(page, `class="synthetic"`) {
		t.Error("a report on synthetic data does not say so on its first page")
	}
	d.Meta.Synthetic = false
	page = string(build(t, d.Table(), i18n.Danish).HTML)
	if strings.Contains(page, `class="synthetic"`) || strings.Contains(page, "Syntetiske") {
		t.Error("a report on real data calls them synthetic")
	}
}

func TestFaultySources(t *testing.T) {
	good := map[string]string{
		"charts.yaml":  "- {id: a, kind: bar, indicators: [value.*]}\n",
		"report.da.md": "# Titel\n\n## Et {#one}\n\nTekst.\n\n!figure a\n",
		"report.en.md": "# Title\n\n## One {#one}\n\nText.\n\n!figure a\n",
	}
	if _, err := brief.ReadSource(files(good, "", "")); err != nil {
		t.Fatalf("the good source was refused: %v", err)
	}
	cases := []struct{ name, file, text, want string }{
		{"typed number", "report.da.md", "# T\n\n## Et {#one}\n\nDet er 83 pct.\n\n!figure a\n", "report.da.md:5: a number is typed"},
		{"untested comparison", "report.da.md", "# T\n\n## Et {#one}\n\nFlere i dag end før.\n\n!figure a\n", "outside a test"},
		{"unknown figure", "report.en.md", "# T\n\n## One {#one}\n\n!figure b\n", `report.en.md:5: charts.yaml has no chart "b"`},
		{"unknown command", "report.en.md", "# T\n\n## One {#one}\n\n!graph a\n", "!graph is unknown"},
		{"section without id", "report.da.md", "# T\n\n## Et\n", "needs an id"},
		{"no title", "report.da.md", "## Et {#one}\n\n!figure a\n", "no title"},
		{"a section in one language only", "report.en.md", "# T\n\n## One {#one}\n\n!figure a\n\n## Two {#two}\n", "differ in sections"},
		{"template fault", "report.da.md", "# T\n\n## Et {#one}\n\n{{cell \"a\"\n\n!figure a\n", "report.da.md:"},
		{"chart fault", "charts.yaml", "- {id: a, kind: pie, indicators: [value.*]}\n", `kind "pie" is unknown`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := brief.ReadSource(files(good, c.file, c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// A cell that the table lacks stops the build and is named.
func TestMissingCell(t *testing.T) {
	s, err := brief.ReadSource(files(map[string]string{
		"charts.yaml":  "- {id: a, kind: bar, indicators: [value.*]}\n",
		"report.da.md": "# T\n\n## Et {#one}\n\nI alt\n{{cell \"innov_rate\" \"sector:mars\"}}.\n",
		"report.en.md": "# T\n\n## One {#one}\n\nIn all.\n",
	}, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	_, err = brief.Build(brief.Input{Table: invented.Table(), Policy: policy(), Source: s}, i18n.Danish)
	if err == nil || !strings.Contains(err.Error(), "report.da.md:6") || !strings.Contains(err.Error(), "innov_rate × sector:mars") {
		t.Errorf("error %v, want one that names line and cell", err)
	}
}

func files(base map[string]string, file, text string) fs.FS {
	m := fstest.MapFS{}
	for name, content := range base {
		m[name] = &fstest.MapFile{Data: []byte(content)}
	}
	if file != "" {
		m[file] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

// publish target: 60 pages of HTML within a second.
func BenchmarkReport(b *testing.B) {
	s, err := brief.Default()
	if err != nil {
		b.Fatal(err)
	}
	in := brief.Input{Table: invented.Table(), Policy: policy(), Source: s}
	for b.Loop() {
		if _, err := brief.Build(in, i18n.Danish); err != nil {
			b.Fatal(err)
		}
	}
}
