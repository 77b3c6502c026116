package questionnairetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Generate writes a questionnaire file at random, of every kind of question and
// with all that they can carry: routes, rows and options taken from earlier
// answers, checks, notes between, places for earlier answers. It loads; that
// every part of it can be reached is not promised.
func Generate(rng *rand.Rand) []byte {
	g := &generator{Rand: rng}
	g.line("id: tilfaeldig\nversion: '1'\nwave: 2025\nlanguages: [da, en]\ntitle: {da: Prøve, en: Trial}")
	g.line("period: {da: 2023 og 2024, en: 2023 and 2024}\nasked: {da: alle, en: everyone}\nscales:\n  aside:")
	for i, mark := range []string{"dont_know", "refused", "not_relevant"} {
		g.line("    - {code: a%d, number: %d, da: Svar %d, en: Answer %d, %s: true}", i, 90+i, i, i, mark)
	}
	g.line("pages:")
	for p := range 2 + rng.IntN(4) {
		g.page(p)
	}
	return []byte(g.String())
}

type generator struct {
	*rand.Rand
	strings.Builder
	items  int
	before known // on earlier pages
	here   known // on this page
}

// known is what later parts can build on.
type known struct {
	atoms  []string // conditions
	from   []string // multiple answers
	pipes  []string // names whose answers can stand in texts
	counts []string // names of whole numbers
}

func (g *generator) line(format string, args ...any) { fmt.Fprintf(g, format+"\n", args...) }

func (g *generator) maybe() bool { return g.IntN(2) == 0 }

func one[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) page(p int) {
	g.line("  - id: side-%d\n    title: {da: Side, en: Page}\n    items:", p)
	for i := range 1 + g.IntN(4) {
		if i > 0 && g.IntN(4) == 0 {
			g.line("      - note: %s", g.text("Bemærk", "Note"))
		}
		g.item()
	}
	g.before = known{append(g.before.atoms, g.here.atoms...), append(g.before.from, g.here.from...),
		append(g.before.pipes, g.here.pipes...), append(g.before.counts, g.here.counts...)}
	g.here = known{}
}

// text is a text, half of the time with a place for an earlier answer.
func (g *generator) text(da, en string) string {
	if len(g.before.pipes) > 0 && g.maybe() {
		name := one(g, g.before.pipes)
		da, en = fmt.Sprintf("%s ${%s|intet}", da, name), fmt.Sprintf("%s ${%s|nothing}", en, name)
	}
	return fmt.Sprintf("{da: %q, en: %q}", da, en)
}

func (g *generator) route(indent string) {
	if len(g.before.atoms) == 0 || g.IntN(3) > 0 {
		return
	}
	e := one(g, g.before.atoms)
	if g.maybe() {
		e = fmt.Sprintf(one(g, []string{"%s and %s", "%s or not(%s)", "not(%s) or %s"}), e, one(g, g.before.atoms))
	}
	g.line("%srelevant: %q", indent, e)
}

var kinds = []string{"single", "multiple", "matrix", "matrix_multi", "ranking", "number", "share", "date", "month", "line", "text"}

func (g *generator) item() {
	g.items++
	id, kind := fmt.Sprintf("Q%d", g.items), one(g, kinds)
	g.line("      - id: %s\n        kind: %s\n        short: {da: Kort, en: Short}\n        label: %s", id, kind, g.text("Hvad?", "What?"))
	if g.maybe() {
		g.line("        optional: true")
	}
	g.route("        ")
	switch kind {
	case "number", "date", "month":
		g.value(id, kind)
	case "share":
		g.share(id)
	case "line", "text":
		g.line("        max_length: %d", 5+g.IntN(100))
		g.here.pipes = append(g.here.pipes, id)
	default:
		g.chosen(id, kind)
		return
	}
	if g.maybe() {
		g.line("        scale: aside")
	}
}

func (g *generator) value(id, kind string) {
	at := map[string][4]string{
		"number": {"-20", "10", "300", "40"}, "date": {"2020-02-29", "2021-01-01", "2025-12-31", "date('2023-05-01')"},
		"month": {"2020-02", "2021-01", "2025-12", "date('2023-05-01')"},
	}[kind]
	if g.maybe() {
		g.line("        min: %s\n        max: %s", at[0], at[2])
	}
	if g.maybe() {
		g.line("        soft_min: %s", at[1])
	}
	if kind == "number" {
		g.line("        decimals: %d\n        unit: {da: timer, en: hours}", g.IntN(4))
	}
	if g.maybe() {
		against := at[3]
		if kind == "number" && len(g.before.counts) > 0 {
			against = "${" + one(g, g.before.counts) + "}"
		}
		g.line("        checks:\n          - {id: efter, when: %q, level: %s, message: {da: Nej, en: No}}", ". > "+against, one(g, []string{"soft", "hard"}))
	}
	g.here.atoms = append(g.here.atoms, fmt.Sprintf("${%s} >= %s", id, at[3]))
	g.here.pipes = append(g.here.pipes, id)
	if kind == "number" {
		g.here.counts = append(g.here.counts, id)
	}
}

func (g *generator) share(id string) {
	if len(g.before.from) > 0 && g.maybe() {
		g.line("        rows_from: %s", one(g, g.before.from))
		return
	}
	g.line("        rows:\n          - {code: r0, da: Nul, en: Zero}\n          - {code: r1, da: Et, en: One}\n          - {code: r2, da: To, en: Two}")
	g.here.atoms = append(g.here.atoms, fmt.Sprintf("${%s.r1} > 25", id))
	g.here.pipes = append(g.here.pipes, id+".r0")
}

func (g *generator) chosen(id, kind string) {
	if len(g.before.from) > 0 && g.IntN(3) == 0 {
		g.line("        options_from: %s", one(g, g.before.from))
	} else {
		g.options(id, kind)
	}
	if !strings.HasPrefix(kind, "matrix") {
		g.here.pipes = append(g.here.pipes, id)
		return
	}
	if len(g.before.from) > 0 && g.maybe() {
		g.line("        rows_from: %s", one(g, g.before.from))
		return
	}
	g.line("        rows:\n          - {code: r0, da: Nul, en: Zero}\n          - {code: r1, da: Et, en: One}")
}

func (g *generator) options(id, kind string) {
	if (kind == "multiple" || kind == "ranking") && g.maybe() {
		g.line("        max: 2")
	}
	g.line("        options:")
	for i := range 4 {
		more := ""
		if i == 3 && (kind == "single" || kind == "multiple") && g.maybe() {
			more = ", specify: 30"
		}
		g.line("          - {code: k%d, number: %d, da: Valg %d, en: Choice %d%s}", i, i+1, i, i, more)
	}
	if g.maybe() {
		g.line("          - {code: a9, number: 99, da: Andet svar, en: Other answer, %s: true}", one(g, []string{"dont_know", "refused", "not_relevant"}))
	}
	switch kind {
	case "single":
		g.here.atoms = append(g.here.atoms, fmt.Sprintf("${%s} = 'k1'", id))
	case "multiple":
		g.here.atoms = append(g.here.atoms, fmt.Sprintf("selected(${%s}, 'k0')", id), fmt.Sprintf("count-selected(${%s}) > 1", id))
		g.here.from = append(g.here.from, id)
	case "ranking":
		g.here.atoms = append(g.here.atoms, fmt.Sprintf("selected(${%s}, 'k2')", id))
	}
}
