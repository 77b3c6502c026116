package external

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"barometer/internal/i18n"
)

const demo = "../../cmd/barometer/demo/wave/external.yaml"

func load(t *testing.T) *Series {
	t.Helper()
	f, err := os.Open(demo)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := Load(f, "external.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The published figures, as printed; each names its publication.
func TestPublishedFigures(t *testing.T) {
	s := load(t)
	want := map[string]map[string]float64{
		"innov_rate × total":           {"2014": 86, "2023": 83},
		"innov_rate × sector:kommune":  {"2016": 80, "2019": 80},
		"innov_rate × sector:region":   {"2016": 80, "2019": 85},
		"innov_rate × sector:stat":     {"2016": 84, "2019": 84},
		"reuse × total":                {"2014": 73, "2019": 72, "2023": 74},
		"collab_any × total":           {"2014": 79, "2023": 69},
		"value.kvalitet × total":       {"2014": 70, "2019": 68},
		"latest_type.proces × total":   {"2023": 79},
		"promote.medarbejdere × total": {"2023": 90},
		"hinder.samarbejde × total":    {"2023": 8},
	}
	for cell, figures := range want {
		indicator, domain, _ := strings.Cut(cell, " × ")
		got := s.Of(indicator, domain)
		if len(got) != len(figures) {
			t.Errorf("%s: %v", cell, got)
		}
		for _, f := range got {
			if figures[f.Wave] != f.Percent {
				t.Errorf("%s is %v, want %v", f, f.Percent, figures[f.Wave])
			}
			for _, l := range i18n.Languages {
				if s.Origin(f, l) == "" {
					t.Errorf("%s has no source in %s", f, l)
				}
			}
		}
	}
	var none *Series
	if none.Of("reuse", "total") != nil {
		t.Error("no series has figures")
	}
}

func TestSeriesSurvivesStorage(t *testing.T) {
	s := load(t)
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	back := new(Series)
	if err := json.Unmarshal(data, back); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(back); string(again) != string(data) {
		t.Error("the series reads back differently")
	}
	if err := json.Unmarshal([]byte(`{"figures":[{"indicator":"a","domain":"total","wave":"1","percent":120}]}`), back); err == nil {
		t.Error("a stored share of 120 percent was read")
	}
}

func TestFaultsAreNamedTogether(t *testing.T) {
	const head = "label: {da: a, en: b}\nuncertainty: {da: a, en: b}\nsources: {s: {text: {da: a, en: b}}}\n" +
		"waves: [{id: \"2014\", name: {da: a, en: b}, period: {da: a, en: b}, answers: 9, innovators: 5}]\nfigures:\n"
	good := "  - {indicator: reuse, domain: total, wave: \"2014\", percent: 73, sources: [s]}\n"
	if _, err := Load(strings.NewReader(head+good), "e.yaml"); err != nil {
		t.Fatalf("a sound series is refused: %v", err)
	}
	cases := map[string]struct {
		source string
		says   []string
	}{
		"several faults": {head + strings.Replace(good, "2014", "2015", 1) + strings.Replace(good, "73", "173", 1),
			[]string{`reuse × total, 2015: no wave "2015"`, "173 is no percentage", "e.yaml"}},
		"twice":            {head + good + good, []string{"figure reuse × total, 2014 stands twice"}},
		"no source":        {head + strings.Replace(good, "[s]", "[]", 1), []string{"no source"}},
		"unknown source":   {head + strings.Replace(good, "[s]", "[t]", 1), []string{`no source "t"`}},
		"an interval":      {head + strings.Replace(good, "percent", "low: 70, percent", 1), []string{"low"}},
		"one language":     {strings.Replace(head, "uncertainty: {da: a, en: b}", "uncertainty: {da: a}", 1) + good, []string{"uncertainty: no text in [en]"}},
		"more innovators":  {strings.Replace(head, "innovators: 5", "innovators: 50", 1) + good, []string{"50 innovators of 9 answers"}},
		"an insecure link": {strings.Replace(head, "{text:", "{url: \"http://x\", text:", 1) + good, []string{"https://"}},
	}
	for name, c := range cases {
		_, err := Load(strings.NewReader(c.source), "e.yaml")
		for _, part := range c.says {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%s: error %v does not say %q", name, err, part)
			}
		}
	}
}

func FuzzLoad(f *testing.F) {
	data, err := os.ReadFile(demo)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add("figures: [{indicator: a, percent: .nan}]\n")
	f.Fuzz(func(t *testing.T, source string) {
		s, err := Load(strings.NewReader(source), "f.yaml")
		if err != nil {
			return
		}
		for _, fig := range s.Figures {
			if !(fig.Percent >= 0 && fig.Percent <= 100) || s.Origin(fig, i18n.English) == "" {
				t.Errorf("%+v was accepted", fig)
			}
		}
	})
}
