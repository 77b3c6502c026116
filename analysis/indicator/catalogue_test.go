package indicator

import (
	"os"
	"strings"
	"testing"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
)

// open reads a file of the demonstration wave: the catalogue that is published
// with is the one to test.
func open[T any](t *testing.T, name string, read func(*os.File) (T, error)) T {
	t.Helper()
	f, err := os.Open("../../cmd/barometer/demo/wave/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := read(f)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func demoCatalogue(t *testing.T) (*Catalogue, *questionnaire.Questionnaire) {
	t.Helper()
	c := open(t, "indicators.yaml", func(f *os.File) (*Catalogue, error) { return Load(f, f.Name()) })
	q := open(t, "questionnaire.yaml", func(f *os.File) (*questionnaire.Questionnaire, error) { return questionnaire.Load(f, f.Name()) })
	return c, q
}

// book is the codebook of a frozen wave, as far as the catalogue reads it.
func book(q *questionnaire.Questionnaire) codebook.Codebook {
	disposition := codebook.Variable{Name: "disposition", Kind: codebook.Categorical, Role: codebook.RoleDisposition,
		Codes: []codebook.Code{{Value: "complete"}, {Value: "ineligible"}, {Value: "refused"}}}
	return codebook.Codebook{Variables: append(q.Variables(), disposition)}
}

func TestCatalogueHasEveryIndicator(t *testing.T) {
	c, q := demoCatalogue(t)
	defs, err := c.Expand(q)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, d := range defs {
		got[d.Family]++
		if missing := append(d.Label.Missing(), append(d.Question.Missing(), d.Base.Missing()...)...); missing != nil {
			t.Errorf("%s: label, question or base lacks %v", d.ID, missing)
		}
	}
	want := map[string]int{"innov_rate": 1, "type_rate": 4, "active_non": 1, "latest_type": 4, "multi_type": 1,
		"core_task": 1, "novelty": 4, "reuse": 1, "tech_core": 1, "tech_imp": 1, "trigger": 10, "collab_any": 1,
		"collab_ext": 1, "partner": 9, "phase": 5, "value": 7, "value_multi": 1, "goal_changed": 1, "evaluated": 1,
		"shared": 1, "reused_out": 1, "promote": 14, "hinder": 14, "culture": 1, "held_back": 7, "response_rate": 1,
		"net_agree": 6}
	for family, n := range want {
		if got[family] != n {
			t.Errorf("%s has %d members, want %d", family, got[family], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d families, want %d", len(got), len(want))
	}
	if _, err := Compile(defs, book(q)); err != nil {
		t.Error(err)
	}
}

func TestDomainsCrossTheClassifications(t *testing.T) {
	c, _ := demoCatalogue(t)
	count := map[string]int{}
	for _, d := range c.Domains() {
		count[d.Breakdown]++
		if missing := d.Label.Missing(); missing != nil {
			t.Errorf("%s has no label in %v", d.ID(), missing)
		}
	}
	for breakdown, n := range map[string]int{"total": 1, "sector": 3, "subsector": 15, "size": 4, "region": 5, "sector_size": 12} {
		if count[breakdown] != n {
			t.Errorf("%s has %d domains, want %d", breakdown, count[breakdown], n)
		}
	}
}

func TestFaultsOfACatalogueAreNamed(t *testing.T) {
	entry := func(lines string) string {
		return "id: x\nbreakdowns: [total]\nbases: {all: {where: \"true()\", label: {da: a, en: b}}}\nindicators:\n  - id: rate\n" + lines
	}
	small := func(rest string) string { return "small_areas: [{indicators: [rate], " + rest + "}]\n" }
	good := "    label: {da: a, en: b}\n    item: B1\n    base: all\n"
	cases := map[string]struct{ source, says string }{
		"unknown key":            {entry(good + "    numerator: x\n    numertor: y\n"), "numertor"},
		"missing translation":    {entry("    label: {da: a}\n    item: B1\n    base: all\n    numerator: x\n"), "label: no text in [en]"},
		"no numerator":           {entry(good), "numerator or score"},
		"unknown base":           {entry("    label: {da: a, en: b}\n    item: B1\n    base: none\n    numerator: x\n"), `no base "none"`},
		"same id twice":          {entry(good + "    numerator: x\n  - id: rate\n" + good + "    numerator: y\n"), "rate stands twice"},
		"two kinds of family":    {entry(good + "    numerator: x\n    each_option: [a]\n    each_row: [b]\n"), "one of each"},
		"unknown breakdown":      {strings.Replace(entry(good+"    numerator: x\n"), "[total]", "[planet]", 1), `breakdown "planet"`},
		"a second document":      {entry(good+"    numerator: x\n") + "---\nid: y\n", "document"},
		"nothing but a header":   {"id: x\n", "no indicators"},
		"a break without reason": {entry(good + "    numerator: x\n    breaks: [{wave: \"2027\"}]\n"), "break at 2027, reason: no text in [da en]"},
		"two breaks at one wave": {"breaks: [{wave: \"2027\", reason: {da: a, en: b}}]\n" + entry(good+"    numerator: x\n    breaks: [{wave: \"2027\", reason: {da: c, en: d}}]\n"), "wave 2027 stands twice"},
		"since no wave":          {entry(good + "    numerator: x\n    since: Første\n"), "is no wave"},
		"an unknown adjustment":  {"changes: {adjust: fisher}\n" + entry(good+"    numerator: x\n"), "adjust \"fisher\""},
		"a model of the total":   {small("breakdown: total, covariates: []") + entry(good+"    numerator: x\n"), `breakdown "total"`},
		"a covariate twice sourced": {strings.Replace(small("breakdown: size, covariates: [{name: x, label: {da: a, en: b}, mean: employees, column: y}]")+
			entry(good+"    numerator: x\n"), "[total]", "[total, size]", 1), "one of share, mean and column"},
		"a share of no level": {strings.Replace(small("breakdown: size, covariates: [{name: x, label: {da: a, en: b}, share: size}]")+
			entry(good+"    numerator: x\n"), "[total]", "[total, size]", 1), "share and level go together"},
		"an unknown variance":     {"variance: jackknife\n" + entry(good+"    numerator: x\n"), `variance "jackknife"`},
		"changes in no breakdown": {"changes: {breakdowns: [size]}\n" + entry(good+"    numerator: x\n"), `breakdown "size" is none`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Load(strings.NewReader(c.source), "indicators.yaml")
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "indicators.yaml") {
				t.Errorf("error %v, want one that says %q and names the file", err, c.says)
			}
		})
	}
}

// Every indicator carries what the catalogue says of all, with its own beside it.
func TestBreaksReachEveryIndicator(t *testing.T) {
	c, q := demoCatalogue(t)
	c.Entries[0].Breaks = []table.Break{{Wave: "2029", Reason: i18n.Same("x")}}
	c.Entries[0].Since = "2023"
	defs, err := c.Expand(q)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range defs {
		if len(d.Breaks) == 0 || d.Breaks[0].Wave != "2025" || d.Since == "" {
			t.Errorf("%s: since %q, breaks %v", d.ID, d.Since, d.Breaks)
		}
		if own := i == 0; own != (d.Since == "2023") || own != (len(d.Breaks) == 2) {
			t.Errorf("%s: since %q, breaks %v", d.ID, d.Since, d.Breaks)
		}
	}
	if c.Changes.Adjust != "holm" || c.Changes.Significance != 0.05 {
		t.Errorf("the plan is %+v", c.Changes)
	}
}

func TestIndicatorMustFitTheQuestionnaire(t *testing.T) {
	c, q := demoCatalogue(t)
	c.Entries[3].EachOption = []string{"raket"}
	if _, err := c.Expand(q); err == nil || !strings.Contains(err.Error(), "C2 has no code raket") {
		t.Errorf("error %v", err)
	}
	defs := []Definition{{Numerator: "${c9} = 'ja'", BaseWhere: "${innov} = 1"}}
	if _, err := Compile(defs, book(q)); err == nil || !strings.Contains(err.Error(), "c9") {
		t.Errorf("error %v does not name the column", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("id: x\nbreakdowns: [total]\nindicators:\n  - id: rate\n    label: {da: a, en: b}\n    score: {columns: [a], points: {b: 1}, min_answered: 1}\n")
	f.Add("bases: {a: {where: 1}}\n---\n")
	f.Fuzz(func(t *testing.T, source string) {
		c, err := Load(strings.NewReader(source), "f.yaml")
		if err == nil && len(c.Entries) == 0 {
			t.Error("a catalogue without indicators was read")
		}
	})
}
