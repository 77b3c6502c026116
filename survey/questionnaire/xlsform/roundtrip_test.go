package xlsform_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/xlsform"
)

func load(t testing.TB, src []byte) *questionnaire.Questionnaire {
	t.Helper()
	q, err := questionnaire.Load(bytes.NewReader(src), "q.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return q
}

func loadFile(t testing.TB, path string) *questionnaire.Questionnaire {
	t.Helper()
	return load(t, []byte(readFile(t, path)))
}

func export(t testing.TB, q *questionnaire.Questionnaire) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := xlsform.Export(&b, q); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sameBack exports, imports, and holds the hashes against each other. It
// returns the file that came back.
func sameBack(t *testing.T, q *questionnaire.Questionnaire) []byte {
	t.Helper()
	src, err := xlsform.Import(bytes.NewReader(export(t, q)), "q.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	back := load(t, src)
	if back.Hash == q.Hash {
		return src
	}
	d, err := questionnaire.Diff(q, back)
	t.Fatalf("another definition came back: %+v %v\n%s", d.Changes, err, src)
	return nil
}

const waveFile = "../../../cmd/barometer/demo/wave/questionnaire.yaml"

func TestTheWaveComesBack(t *testing.T) {
	q := loadFile(t, waveFile)
	src := sameBack(t, q)
	for _, part := range []string{"rows_from: D2", "options_from: E1", "{period}", `relevant: "${INNOV}"`} {
		if !bytes.Contains(src, []byte(part)) {
			t.Errorf("the file lacks %s", part)
		}
	}
	for _, f := range questionnaire.Lint(bytes.NewReader(src), "q.yaml") {
		t.Error(f)
	}
}

func TestTheSmallFormComesBack(t *testing.T) { sameBack(t, loadFile(t, "../testdata/valid.yaml")) }

func TestSameBytesEveryTime(t *testing.T) {
	q := loadFile(t, waveFile)
	if !bytes.Equal(export(t, q), export(t, q)) {
		t.Error("two exports of one definition differ")
	}
}

// Whatever a definition holds, it comes back, or its export is refused.
func TestGoal44_RandomFormsComeBack(t *testing.T) {
	for seed := range uint64(30) {
		g := &generator{rng: rand.New(rand.NewPCG(seed, 7))}
		sameBack(t, load(t, g.form()))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// generator writes questionnaires at random.
type generator struct {
	rng  *rand.Rand
	b    strings.Builder
	n    int      // items so far
	tell []string // atoms of routes on earlier pages
	next []string // atoms of this page
	from []string // multiple items of earlier pages
	soon []string
}

// words are what texts are made of: what a spreadsheet, XML or YAML might take
// for something else.
var words = []string{
	"Ja", "æøå", "=1+1", "'citat'", `"anførsel"`, "a & b", "100 %", "_x0041_", "2023 og 2024", "- punkt", "\n\n", "# nej", "null",
	"1.5", "TRUE", ":", "1e5", "\u00a0", "\u2028", "😀", "yes", "\t", `\n`, "~", "@x", "> 3", "|", "  to  ", "\n  ind", "\u200f", "+45",
}

func (g *generator) phrase() string {
	parts := []string{"T"}
	for range g.rng.IntN(4) {
		parts = append(parts, words[g.rng.IntN(len(words))])
	}
	g.rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return strconv.Quote(strings.Join(parts, " "))
}

func (g *generator) text() string { return fmt.Sprintf("{da: %s, en: %s}", g.phrase(), g.phrase()) }

func (g *generator) maybe() bool { return g.rng.IntN(2) == 0 }

func (g *generator) line(format string, args ...any) { fmt.Fprintf(&g.b, format+"\n", args...) }

// route is a route over earlier pages, "" where there is nothing to read.
func (g *generator) route() string {
	if len(g.tell) == 0 {
		return ""
	}
	e := g.tell[g.rng.IntN(len(g.tell))]
	for range g.rng.IntN(3) {
		e = fmt.Sprintf([]string{"%s and %s", "%s or not(%s)", "not(%s or %s)", "coalesce(%s, %s)"}[g.rng.IntN(4)], e, g.tell[g.rng.IntN(len(g.tell))])
	}
	return e
}

func (g *generator) relevant(indent string) {
	if e := g.route(); e != "" && g.maybe() {
		g.line("%srelevant: %q", indent, e)
	}
}

func (g *generator) form() []byte {
	g.line("id: tilfaeldig\nversion: '%d.1'\nwave: 2025\nlanguages: [da, en]\ntitle: %s", g.rng.IntN(9), g.text())
	g.line("period: {da: 2023 og 2024, en: 2023 and 2024}\nasked: %s", g.text())
	if g.maybe() {
		g.line("intro: %s", g.text())
	}
	g.line("pages:")
	for p := range 1 + g.rng.IntN(4) {
		g.page(p)
		g.tell, g.from = append(g.tell, g.next...), append(g.from, g.soon...)
		g.next, g.soon = nil, nil
	}
	g.conditions()
	return []byte(g.b.String())
}

// conditions stand last in the file; routes of the last page name them.
func (g *generator) conditions() {
	if len(g.tell) == 0 {
		return
	}
	e := g.route()
	g.line("  - id: sidst\n    title: %s\n    items:", g.text())
	g.line("      - id: Z1\n        kind: text\n        max_length: 9\n        short: %s\n        label: %s\n        relevant: ${KA}", g.text(), g.text())
	g.line("      - id: Z2\n        kind: text\n        max_length: 9\n        short: %s\n        label: %s\n        relevant: %q", g.text(), g.text(), e)
	g.line("      - id: Z3\n        kind: text\n        max_length: 9\n        short: %s\n        label: %s\n        relevant: not(${KB}) or ${KA}", g.text(), g.text())
	g.line("conditions:")
	for name, when := range map[string]string{"KA": e} {
		g.line("  - {name: %s, short: %s, phrase: %s, asked: %s, when: %q}", name, g.text(), g.text(), g.text(), when)
	}
	g.line("  - {name: KB, short: %s, phrase: %s, asked: %s, when: %q}", g.text(), g.text(), g.text(), "${KA} and "+g.tell[0])
}

func (g *generator) page(p int) {
	g.line("  - id: side-%d\n    title: %s", p, g.text())
	if g.maybe() {
		g.line("    intro: %s", g.text())
	}
	if g.maybe() {
		g.line("    notes:")
		for range 1 + g.rng.IntN(2) {
			g.line("      - da: %s\n        en: %s", g.phrase(), g.phrase())
			g.relevant("        ")
		}
	}
	g.line("    items:")
	for i := range 1 + g.rng.IntN(4) {
		if i > 0 && g.maybe() {
			g.line("      - note:\n          da: %s\n          en: %s", g.phrase(), g.phrase())
			g.relevant("          ")
		}
		g.item()
	}
}

func (g *generator) item() {
	g.n++
	id := fmt.Sprintf("Q%d", g.n)
	kinds := []string{"single", "multiple", "matrix", "matrix_multi", "text", "line", "number", "date", "month", "ranking"}
	kind := kinds[g.rng.IntN(len(kinds))]
	g.line("      - id: %s\n        kind: %s\n        short: %s\n        label: %s", id, kind, g.text(), g.text())
	for _, key := range []string{"hint", "asked"} {
		if g.maybe() {
			g.line("        %s: %s", key, g.text())
		}
	}
	if g.maybe() {
		g.line("        optional: true")
	}
	g.relevant("        ")
	switch kind {
	case "text", "line":
		g.line("        max_length: %d", 1+g.rng.IntN(4000))
		return
	case "number", "date", "month":
		g.value(id, kind)
		return
	}
	g.options(id, kind)
	if strings.HasPrefix(kind, "matrix") {
		g.rows(id, kind)
	}
}

func (g *generator) options(id, kind string) {
	several := kind == "multiple" || kind == "matrix_multi"
	if kind != "ranking" && len(g.from) > 0 && g.rng.IntN(3) == 0 {
		g.line("        options_from: %s", g.from[g.rng.IntN(len(g.from))])
		return
	}
	n := 3 + g.rng.IntN(3)
	if (kind == "multiple" || kind == "ranking") && g.maybe() {
		g.line("        max: 2")
	}
	g.line("        options:")
	for i := range n {
		g.line("          - code: k%d\n            number: %d\n            da: %s\n            en: %s", i, 10+i, g.phrase(), g.phrase())
		if g.maybe() {
			g.line("            short: %s", g.text())
		}
		if several && i == n-1 && g.maybe() {
			g.line("            exclusive: true")
		}
		if mark := []string{"dont_know", "refused", "not_relevant", "", "", "", "", ""}[g.rng.IntN(8)]; mark != "" && kind != "ranking" {
			g.line("            %s: true", mark)
		}
	}
	switch kind {
	case "single":
		g.next = append(g.next, fmt.Sprintf("${%s} = 'k1'", id))
	case "multiple":
		g.next = append(g.next, fmt.Sprintf("selected(${%s}, 'k0')", id), fmt.Sprintf("count-selected(${%s}) > 1", id))
		g.soon = append(g.soon, id)
	}
}

// value writes what bounds a number or date, and checks of it.
func (g *generator) value(id, kind string) {
	at := map[string][3]string{"number": {"1.5", "2", "90"}, "date": {"2020-02-29", "2021-01-01", "2025-12-31"}, "month": {"2020-02", "2021-01", "2025-12"}}[kind]
	point := map[string]string{"number": "50", "date": "date('2023-05-01')", "month": "date('2023-05-01')"}[kind]
	if kind == "number" {
		g.line("        decimals: 2\n        unit: %s", g.text())
	}
	if g.maybe() {
		g.line("        min: %s\n        max: %s", at[0], at[2])
	}
	if g.maybe() {
		g.line("        soft_min: %s", at[1])
	}
	if g.maybe() {
		g.line("        checks:")
		for i := range 1 + g.rng.IntN(2) {
			name := []string{"constraint", "a", "b"}[g.rng.IntN(3)] + []string{"", "2"}[i]
			rule := []string{"when: \". > %[1]s or ${%[2]s} < %[1]s\"", "require: \"${%[2]s} <= %[1]s\""}[g.rng.IntN(2)]
			g.line("          - id: %s\n            level: %s\n            message: %s", name, []string{"hard", "soft"}[g.rng.IntN(2)], g.text())
			g.line("            "+rule, point, id)
		}
	}
	g.next = append(g.next, fmt.Sprintf("${%s} >= %s", id, point))
}

func (g *generator) rows(id, kind string) {
	if len(g.from) > 0 && g.maybe() {
		g.line("        rows_from: %s", g.from[g.rng.IntN(len(g.from))])
		return
	}
	g.line("        rows:")
	for i := range 1 + g.rng.IntN(3) {
		g.line("          - code: r%d\n            da: %s\n            en: %s", i, g.phrase(), g.phrase())
		g.relevant("            ")
	}
	if kind == "matrix_multi" {
		g.next = append(g.next, fmt.Sprintf("count-selected(${%s.r0}) = 1", id))
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// refused are the features that XLSForm has no place for.
var refused = []string{"option-route", "share", "share-rows-from", "route-share", "beside", "specify", "piping", "piping-options"}

// Every feature comes back, but for those that XLSForm has no place for.
func TestGoal44_FeaturesComeBack(t *testing.T) {
	files, err := filepath.Glob("../testdata/features/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no features: %v", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			q := loadFile(t, path)
			if !slices.Contains(refused, q.ID) {
				sameBack(t, q)
			} else if err := xlsform.Export(io.Discard, q); err == nil {
				t.Error("what there is no place for was dropped")
			}
		})
	}
}
