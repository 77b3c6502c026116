package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/analysis/compare"
	"barometer/analysis/disclosure"
	"barometer/analysis/duck"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/cmd/barometer/demo"
	"barometer/survey/frame"
	"barometer/survey/freeze"
	"barometer/survey/response"
)

// twoWaves is a home with two synthetic waves, two years apart, of the same
// workplaces: sampled, answered and carried to their tables without HTTP. From
// the first to the second more workplaces take a new service into use, the
// question about the core task is broken, and nothing else changes.
func twoWaves(t *testing.T) (a *app, first, second *wave) {
	t.Helper()
	a = newApp(new(strings.Builder), os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	units := demo.Workplaces(3)
	first, err = a.demoWave(h, "2025", 3, units)
	must(t, err)
	second, err = a.demoWave(h, "2027", 3, units)
	must(t, err)
	second.Previous = first.ID
	must(t, writeYAML(second.path("wave.yaml"), second.waveConfig))
	const all, few = "breakdowns: [total, sector, subsector, size, region, sector_size]", "breakdowns: [total, sector, size]"
	const entry = "  - id: core_task\n"
	for _, w := range []*wave{first, second} {
		edit(t, w.path("indicators.yaml"), all, few)
		edit(t, w.path("indicators.yaml"), "    breakdown: subsector\n", "    breakdown: size\n")
	}
	edit(t, second.path("indicators.yaml"), entry, entry+"    breaks: [{wave: \"2027\", reason: {da: Ny ordlyd, en: New wording}}]\n")
	model, err := demo.DefaultModel()
	must(t, err)
	a.answered(t, first, model, 0)
	model.Items["B2"].Weights["ja"] *= 2
	a.answered(t, second, model, 1)
	return a, first, second
}

// edit replaces a piece of a file.
func edit(t *testing.T, path, old, by string) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q", path, old)
	}
	must(t, os.WriteFile(path, []byte(strings.Replace(string(text), old, by, 1)), 0o644))
}

// answered freezes the wave with the answers of a model's population and
// carries it to its table.
func (a *app) answered(t *testing.T, w *wave, model demo.Model, fieldwork int) {
	t.Helper()
	q, err := w.questionnaire()
	must(t, err)
	s, err := w.sample()
	must(t, err)
	f, err := load(w.path("frame.csv"), frame.Read)
	must(t, err)
	population, err := demo.NewPopulation(q, model, f.Units, w.Seed)
	must(t, err)
	var records []response.Record
	for _, u := range s.Units {
		r := response.Record{Wave: s.Wave, Unit: u.Key, Revision: 1, Disposition: population.Fate(u.Unit, fieldwork)}
		if r.Disposition == response.Complete {
			r.Answers = population.Answers(u.Unit)
		}
		records = append(records, r)
	}
	w.Panel = true
	meta, err := w.freezeMeta()
	must(t, err)
	frozen, err := freeze.Build(s, q, records, meta)
	must(t, err)
	must(t, duck.WriteWave(t.Context(), w.archive.Path("wave.parquet"), frozen))
	for _, name := range []string{"weight", "indicators"} {
		must(t, a.carryOut(t.Context(), w, name))
	}
}

func TestChangesOfTwoWaves(t *testing.T) {
	_, first, second := twoWaves(t)
	changes, err := load(second.archive.Path(changesFile), readJSON[*table.Changes])
	must(t, err)
	before, err := first.table()
	must(t, err)
	after, err := second.table()
	must(t, err)
	if !changes.Panel || changes.Common < 400 || changes.Matched < changes.Common/2 {
		t.Errorf("%d common workplaces, %d of them matched", changes.Common, changes.Matched)
	}
	count := map[table.Verdict]int{}
	for _, c := range changes.All() {
		count[c.Verdict]++
		held(t, before, after, c)
	}
	t.Logf("%v, %d common, %d matched", count, changes.Common, changes.Matched)
	if c, _ := changes.Of("type_rate.ydelse", "total"); c.Verdict != table.Up {
		t.Errorf("more workplaces took a new service into use, the verdict is %q", c.Verdict)
	}
	if c, _ := changes.Of("core_task", "total"); c.Verdict != table.Incomparable || c.Why.EN != "New wording" {
		t.Errorf("a broken indicator has the verdict %q: %q", c.Verdict, c.Why.EN)
	}
	if c, asked := changes.Of("response_rate", "total"); asked {
		t.Errorf("a count of the sample was tested: %+v", c)
	}
	overlapShortensIntervals(t, first, second, changes)
	commandPrintsThem(t, second)
}

// held checks a change against the two figures it is of.
func held(t *testing.T, before, after *table.Table, c table.Change) {
	t.Helper()
	earlier, _ := before.Cell(c.Indicator, c.Domain)
	later, _ := after.Cell(c.Indicator, c.Domain)
	f, inFirst := earlier.Figure()
	g, inSecond := later.Figure()
	m, tested := c.Movement()
	switch {
	case tested && (!inFirst || !inSecond):
		t.Errorf("%s × %s is suppressed in a wave, and its change is shown", c.Indicator, c.Domain)
	case tested && abs(m.Difference-(g.Value-f.Value)) > 1e-9:
		t.Errorf("%s × %s went from %v to %v, the change is %v", c.Indicator, c.Domain, f.Value, g.Value, m.Difference)
	case c.Verdict == table.Hidden && inFirst && inSecond:
		t.Errorf("%s × %s is shown in both waves, and its change is hidden", c.Indicator, c.Domain)
	}
}

// overlapShortensIntervals compares once more as if nobody knew which
// workplaces the waves have in common: what answers tell of is steadier than
// the samples, so most intervals are longer then.
func overlapShortensIntervals(t *testing.T, first, second *wave, known *table.Changes) {
	t.Helper()
	catalogue, err := load(second.path("indicators.yaml"), indicator.Load)
	must(t, err)
	before, err := first.edition(t.Context())
	must(t, err)
	after, err := second.edition(t.Context())
	must(t, err)
	apart, err := compare.Trends(t.Context(), before.Edition, after.Edition, catalogue.Changes, "")
	must(t, err)
	unknown, err := disclosure.Changes(before.Table, after.Table, apart)
	must(t, err)
	shorter, all := 0, 0
	for _, c := range known.All() {
		m, tested := c.Movement()
		other, _ := unknown.Of(c.Indicator, c.Domain)
		if o, ok := other.Movement(); tested && ok && o.SE > 0 {
			all++
			if m.SE < o.SE {
				shorter++
			}
		}
	}
	if unknown.Panel || unknown.Common != 0 || shorter < all*9/10 {
		t.Errorf("%d of %d intervals are shorter when common workplaces are known", shorter, all)
	}
}

func commandPrintsThem(t *testing.T, second *wave) {
	t.Helper()
	home := second.home.dir
	status, text, stderr := runs(t, "compare", "2025", "2027", "--home", home)
	for _, part := range []string{"type_rate.ydelse", "up", "no clear change", "not comparable: New wording"} {
		if status != 0 || !strings.Contains(text, part) {
			t.Errorf("status %d, %s; no %q in the table", status, stderr, part)
		}
	}
	status, text, _ = runs(t, "compare", "2025", "2027", "--json", "--adjust", "bonferroni", "--home", home)
	var changes table.Changes
	if err := json.Unmarshal([]byte(text), &changes); status != 0 || err != nil || changes.Adjust != "bonferroni" {
		t.Errorf("status %d, %v, adjusted by %q", status, err, changes.Adjust)
	}
	for args, says := range map[string]string{
		"2027 2025":                 "2027 is not before wave 2025",
		"2025 2027 --adjust fisher": "fisher",
		"2025-pilot 2027":           "no wave 2025-pilot",
	} {
		status, _, stderr := runs(t, append([]string{"compare", "--home", home}, strings.Fields(args)...)...)
		if status != 1 || !strings.Contains(stderr, says) {
			t.Errorf("compare %s: status %d, %q", args, status, stderr)
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

// A wave that names an earlier one without figures is refused with what to do.
func TestPreviousWaveMustHaveFigures(t *testing.T) {
	a := newApp(new(strings.Builder), os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	must(t, os.MkdirAll(h.path("waves"), 0o755))
	for _, id := range []string{"w1", "w2"} {
		must(t, os.CopyFS(h.path("waves", id), demo.Wave()))
		var c waveConfig
		must(t, readYAML(filepath.Join(h.path("waves", id), "wave.yaml"), &c))
		c.ID = id
		must(t, writeYAML(filepath.Join(h.path("waves", id), "wave.yaml"), c))
	}
	first, err := h.wave("w1")
	must(t, err)
	second, err := h.wave("w2")
	must(t, err)
	if _, _, err := second.changesSince(t.Context(), first, ""); err == nil || !strings.Contains(err.Error(), "barometer run w1") {
		t.Errorf("error %v", err)
	}
	second.Previous = "w0"
	if err := a.carryOut(t.Context(), second, "indicators"); err == nil || !strings.Contains(err.Error(), "no wave w0") {
		t.Errorf("error %v", err)
	}
}
