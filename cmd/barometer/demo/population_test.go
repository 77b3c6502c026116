package demo

import (
	"context"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"barometer/cmd/barometer/demo/robot"
	"barometer/internal/i18n"
	"barometer/survey/frame"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

func waveQuestionnaire() (*questionnaire.Questionnaire, error) {
	f, err := Wave().Open("questionnaire.yaml")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return questionnaire.Load(f, "questionnaire.yaml")
}

func newPopulation(seed uint64) (*Population, error) {
	q, err := waveQuestionnaire()
	if err != nil {
		return nil, err
	}
	m, err := DefaultModel()
	if err != nil {
		return nil, err
	}
	return NewPopulation(q, m, Workplaces(seed), seed)
}

func population(t *testing.T, seed uint64) *Population {
	t.Helper()
	p, err := newPopulation(seed)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// taken is a census of the population of seed 1.
type taken struct {
	q       *questionnaire.Questionnaire
	sample  *sample.Sample
	records []response.Record
}

// once takes the census for all tests; none changes it.
var once = sync.OnceValues(func() (taken, error) {
	p, err := newPopulation(1)
	if err != nil {
		return taken{}, err
	}
	s, records, err := p.Census(context.Background(), "2025", &frame.Frame{Units: p.units, Hash: "h"})
	return taken{p.questionnaire, s, records}, err
})

func census(t *testing.T) taken {
	t.Helper()
	c, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What the population answers passes the checks that respondents' answers do.
func TestAnswersFollowTheQuestionnaire(t *testing.T) {
	c := census(t)
	q := c.q
	for i, r := range c.records {
		if i%4 != 0 || r.Disposition != response.Complete {
			continue // a quarter of the frame meets every route many times over
		}
		if faults := q.Complete(r.Answers); len(faults) > 0 {
			t.Fatalf("unit %s: %+v\n%+v", r.Unit, faults, r.Answers)
		}
		if on := q.OnRoute(r.Answers); !reflect.DeepEqual(on, r.Answers) {
			t.Fatalf("unit %s has answers off its route:\n%+v\n%+v", r.Unit, r.Answers, on)
		}
	}
}

// The population lands near what is published of the wave 2021–23 (CO-PI,
// "Innovationstyper", "Spredning og skalering af innovation", "Samarbejde om
// innovation", "Hæmmere og fremmere af innovation"; Statistics Denmark,
// "Teknologi er vigtig i offentlige innovation"), quality as in 2018–19.
func TestPopulationIsNearThePublishedWave(t *testing.T) {
	promoted := func(row string) func(questionnaire.Answers) bool {
		return func(a questionnaire.Answers) bool {
			return a["H1"].RowHas(row, "fremmede_lidt") || a["H1"].RowHas(row, "fremmede_meget")
		}
	}
	has := func(item string, codes ...string) func(questionnaire.Answers) bool {
		return func(a questionnaire.Answers) bool {
			for _, c := range codes {
				if a[item].Has(c) {
					return true
				}
			}
			return false
		}
	}
	innovative := has("C3", "nuvaerende", "fremtidig", "begge", "nej", "ved_ikke")
	everyone := func(questionnaire.Answers) bool { return true }
	records := census(t).records
	for _, tt := range []struct {
		name   string
		base   func(questionnaire.Answers) bool
		holds  func(questionnaire.Answers) bool
		want   float64
		within float64
	}{
		{"innovative", everyone, innovative, 83, 1},
		{"process", innovative, has("C2", "proces"), 79, 2},
		{"communication", innovative, has("C2", "kommunikation"), 37, 2},
		{"service", innovative, has("C2", "ydelse"), 29, 2},
		{"product", innovative, has("C2", "produkt"), 22, 2},
		{"several types", innovative, func(a questionnaire.Answers) bool { return len(a["C2"].Codes) > 1 }, 47, 3},
		{"adapted", innovative, has("C4", "tilpasset"), 56, 2},
		{"copied", innovative, has("C4", "kopi"), 19, 2},
		{"first", innovative, has("C4", "foerst"), 16, 2},
		{"novelty unknown", innovative, has("C4", "ved_ikke"), 10, 2},
		{"collaboration", innovative, func(a questionnaire.Answers) bool { return !has("D2", "ingen", "ved_ikke")(a) }, 69, 2},
		{"external collaboration", innovative, has("D2", "kommune", "region", "stat", "videninstitution", "borgere", "frivillige", "virksomhed", "udland"), 48, 3},
		{"employees promoted", innovative, promoted("medarbejdere"), 90, 2},
		{"collaboration promoted", innovative, promoted("samarbejde"), 82, 2},
		{"technology is core", innovative, has("C6", "er_loesningen"), 11, 2},
		{"technology important", innovative, has("C6", "vigtig"), 26, 2},
		{"no technology", innovative, has("C6", "ingen"), 27, 2},
		{"quality", innovative, has("E1", "kvalitet"), 68, 3},
		{"evaluated", innovative, has("F1", "eksternt", "internt"), 40, 3},
	} {
		asked, yes := 0, 0
		for _, r := range records {
			if r.Disposition == response.Complete && tt.base(r.Answers) {
				asked++
				if tt.holds(r.Answers) {
					yes++
				}
			}
		}
		if got := 100 * float64(yes) / float64(asked); math.Abs(got-tt.want) > tt.within {
			t.Errorf("%s: %.1f %%, published %.0f", tt.name, got, tt.want)
		}
	}
}

func TestCensusIsTheWholeFrame(t *testing.T) {
	c := census(t)
	s, records := c.sample, c.records
	if len(s.Units) != 14297 || len(records) != 14297 {
		t.Fatalf("%d units, %d records", len(s.Units), len(records))
	}
	eligible := 0
	for i, r := range records {
		if s.Units[i].Key != r.Unit || s.Units[i].DesignWeight != 1 {
			t.Fatalf("unit %s with weight %v has the record of %s", s.Units[i].Key, s.Units[i].DesignWeight, r.Unit)
		}
		if r.Disposition == response.Complete {
			eligible++
		}
	}
	if share := float64(eligible) / 14297; share < 0.975 || share > 0.985 {
		t.Errorf("%.3f of the frame is eligible, want about 0.98", share)
	}
}

func TestAnswersComeOfSeedAndUnit(t *testing.T) {
	p := population(t, 1)
	u := p.units[5]
	if !reflect.DeepEqual(p.Answers(u), p.Answers(u)) {
		t.Error("a unit answers differently when asked again")
	}
	other := *p
	other.seed = 2
	same := 0
	for _, u := range p.units[:50] {
		if reflect.DeepEqual(p.Answers(u), other.Answers(u)) {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d of 50 units answer alike under another seed", same)
	}
}

func visits(t *testing.T, seed uint64) (*sample.Sample, []robot.Visit) {
	t.Helper()
	p := population(t, 1)
	f, err := Wave().Open("sampling.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plan, err := sample.LoadPlan(f, "sampling.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sample.Draw(&frame.Frame{Units: p.units}, plan, seed)
	if err != nil {
		t.Fatal(err)
	}
	codes := make(map[string]string)
	for _, u := range s.Units {
		codes[u.Key] = "code of " + u.Key
	}
	v, err := p.Visits(s, codes)
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

func TestVisitsAreLikeARealFieldwork(t *testing.T) {
	s, list := visits(t, 2025)
	n, english := map[robot.Intent]int{}, 0
	for _, v := range list {
		n[v.Intent]++
		if v.Lang == i18n.English {
			english++
		}
		if v.Code != "code of "+v.Unit || v.Intent == robot.Stop && (v.Pages < 1 || v.Pages > 20) {
			t.Fatalf("visit %+v", v)
		}
	}
	rate := float64(n[robot.Finish]) / float64(len(s.Units)-n[robot.Ineligible])
	if rate < 0.34 || rate > 0.39 {
		t.Errorf("response rate %.3f, want about 0.36", rate)
	}
	if n[robot.Stop] < 100 || n[robot.Decline] < 100 || n[robot.Ineligible] < 50 || english < 30 {
		t.Errorf("%v, %d in English: every fate should be met", n, english)
	}
}

func TestVisitWithoutCodeIsRefused(t *testing.T) {
	p := population(t, 1)
	s := &sample.Sample{Units: []sample.Selected{{Unit: p.units[0], Key: "K1"}}}
	if _, err := p.Visits(s, nil); err == nil || !strings.Contains(err.Error(), "unit K1 has no access code") {
		t.Errorf("got %v", err)
	}
}

func TestModelMustFitTheQuestionnaire(t *testing.T) {
	q, err := waveQuestionnaire()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ old, new, want string }{
		"item without rule":   {"  A2: {weights: {ja: 88, nej: 8, ved_ikke: 4}}\n", "", "item A2 has no rule"},
		"rule without item":   {"  A2:", "  A9: {weights: {ja: 1}}\n  A2:", "there is no item A9"},
		"option missing":      {"{ja: 88, nej: 8, ved_ikke: 4}", "{ja: 88, nej: 8}", "item A2, weights: option ved_ikke is missing"},
		"option too many":     {"{ja: 88, nej: 8, ved_ikke: 4}", "{ja: 88, nej: 8, ved_ikke: 4, maaske: 1}", "item A2, weights: 4 options, the item has 3"},
		"chance too high":     {"{ja: 88,", "{ja: 188,", "item A2, weights: ja is 188"},
		"later answer":        {"A2: {weights: {ja: 88, nej: 8, ved_ikke: 4}}", "A2: {weights: {ja: 88, nej: 8, ved_ikke: 4}, shift: {ja: {B1=ja: 1}}}", "shift of ja on B1=ja, which is no code of the frame and no earlier answer"},
		"unknown shift":       {"shift: {stedfortraeder: {100+: 0.6}}", "shift: {direktoer: {100+: 0.6}}", "shift of direktoer, which is no option"},
		"unknown key":         {"fieldwork:", "fieldwrok:", "fieldwrok"},
		"not at random":       {"refused: {1-19: 0.30}", "refused: {latent: 0.30}", "refused may depend on the stratum only, not on latent"},
		"fate without weight": {"partial: 4, ", "", "give a weight for each of"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(modelFile, tt.old, tt.new, 1)
			if changed == modelFile {
				t.Fatal("nothing was changed")
			}
			m, err := LoadModel(strings.NewReader(changed), "model.yaml")
			if err == nil {
				_, err = NewPopulation(q, m, nil, 1)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}
