package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"barometer/analysis/disclosure"
	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/cmd/barometer/demo"
	"barometer/survey/frame"
	"barometer/survey/freeze"
	"barometer/survey/microdata"
	"barometer/survey/sample"
	"barometer/weighting"
	"barometer/weighting/margin"
)

// coverageDraws is how often the benchmark repeats draw, fieldwork, weighting
// and estimation.
const coverageDraws = 500

// BenchmarkCoverage repeats the demonstration's wave without HTTP and prints
// how often its 95 % intervals cover the population value, by indicator and by
// size of the domain. Each repetition draws another sample and another
// fieldwork; the population stays.
func BenchmarkCoverage(b *testing.B) {
	study := newStudy(b)
	coverage := demo.NewCoverage()
	for b.Loop() {
		coverage = demo.NewCoverage()
		for draw := range coverageDraws {
			study.repeat(b, draw, coverage)
		}
	}
	b.ReportMetric(100*coverage.Total.Share(), "%covered")
	fmt.Println()
	if err := coverage.Write(os.Stdout); err != nil {
		b.Fatal(err)
	}
}

// TestTruthAndItsIntervals checks that no indicator is true of everyone in its
// base, or of no one, and repeats a few draws: enough to notice an interval
// that is a fifth too short. What the first would publish passes the audit.
func TestTruthAndItsIntervals(t *testing.T) {
	study, coverage := newStudy(t), demo.NewCoverage()
	for draw := range 4 {
		answers, estimates := study.repeat(t, draw, coverage)
		if draw == 0 {
			study.request(t, answers, estimates).apply(t)
		}
	}
	if share := coverage.Total.Share(); share < 0.93 || share > 0.97 {
		t.Errorf("%.1f %% of %d intervals cover the truth", 100*share, coverage.Total.Of)
	}
	for i, f := range study.formulas {
		if total := study.truth[i*len(study.domains)]; f.Kind == table.Share && !(total.Value > 0 && total.Value < 1) {
			t.Errorf("%s is %v of %d workplaces", f.ID, total.Value, total.N)
		}
	}
}

// study is a population with its truth, to draw samples from.
type study struct {
	wave       *wave
	frame      *frame.Frame
	plan       sample.Plan
	population *demo.Population
	census     *microdata.Data // derived variables of every workplace
	row        map[string]int  // of the census, by P-number
	recipe     *weighting.Recipe
	margins    []margin.Margin
	formulas   []indicator.Formula // the estimated ones
	domains    []table.Domain
	truth      []estimate.Estimate
}

func newStudy(tb testing.TB) *study {
	tb.Helper()
	ctx := context.Background()
	h, err := demoHome(tb.TempDir())
	must(tb, err)
	app := newApp(new(strings.Builder), os.Stderr)
	s := &study{row: map[string]int{}}
	s.wave, err = app.demoWave(h, demoWave, 1, demo.Workplaces(1))
	must(tb, err)
	s.frame, s.plan, err = s.wave.framePlan()
	must(tb, err)
	s.population, err = s.wave.population()
	must(tb, err)
	s.recipe, err = load(s.wave.path("weighting.yaml"), weighting.ReadRecipe)
	must(tb, err)
	s.margins, err = s.wave.margins()
	must(tb, err)
	q, err := s.wave.questionnaire()
	must(tb, err)
	drawn, records, err := s.population.Census(ctx, demoWave, s.frame)
	must(tb, err)
	frozen, err := freeze.Build(drawn, q, records, freeze.Meta{Synthetic: true})
	must(tb, err)
	catalogue, formulas, err := s.wave.formulas(frozen.Codebook)
	must(tb, err)
	for _, f := range formulas {
		if !f.Counted {
			s.formulas = append(s.formulas, f)
		}
	}
	s.domains = catalogue.Domains()
	s.census, err = indicator.Variables(s.formulas, frozen.Data, []string{"unit", "design_weight", "sector", "subsector", "size", "region"})
	must(tb, err)
	s.truth, err = indicator.Estimate(ctx, estimate.FromData(s.census), indicator.Unweighted(), s.formulas, s.domains)
	must(tb, err)
	s.index(tb, drawn)
	return s
}

// index finds each workplace's row of the census.
func (s *study) index(tb testing.TB, drawn *sample.Sample) {
	keys, err := s.census.Column("unit")
	must(tb, err)
	byKey := make(map[string]int, keys.Len())
	for i := range keys.Len() {
		byKey[keys.Level(i)] = i
	}
	for _, u := range drawn.Units {
		s.row[u.PNumber] = byKey[u.Key]
	}
}

// repeat draws a sample, lets it answer, weights, estimates, and adds every
// interval to the coverage.
func (s *study) repeat(tb testing.TB, draw int, coverage *demo.Coverage) (*microdata.Data, []estimate.Estimate) {
	drawn, err := sample.Draw(s.frame, s.plan, uint64(draw))
	must(tb, err)
	answers := s.answers(tb, drawn, draw)
	weights, err := weighting.Run(answers, s.recipe, s.margins)
	must(tb, err)
	must(tb, weights.AddTo(answers))
	got, err := indicator.Estimate(context.Background(), estimate.FromData(answers), weights.Spec, s.formulas, s.domains)
	must(tb, err)
	for i, e := range got {
		if e.N < 10 {
			continue // never published
		}
		coverage.Add(demo.Interval{Indicator: s.formulas[i/len(s.domains)].Family,
			Domain: s.domains[i%len(s.domains)].Breakdown,
			Cell:   s.formulas[i/len(s.domains)].ID + " × " + s.domains[i%len(s.domains)].ID(), N: e.N, Low: e.Low, High: e.High, Truth: s.truth[i].Value})
	}
	return answers, got
}

// gateRequest is what the disclosure gate is asked to let through.
type gateRequest struct {
	policy     disclosure.Policy
	indicators []table.Indicator
	domains    []table.Domain
	candidates []disclosure.Candidate
	links      disclosure.Links
}

// request asks for the estimates of one repetition to be published.
func (s *study) request(tb testing.TB, answers *microdata.Data, estimates []estimate.Estimate) gateRequest {
	policy, err := load(s.wave.path("disclosure.yaml"), disclosure.LoadPolicy)
	must(tb, err)
	r := gateRequest{policy: policy, domains: s.domains}
	for _, f := range s.formulas {
		r.indicators = append(r.indicators, f.Indicator)
	}
	for i, e := range estimates {
		levels := indicator.Levels(s.domains[i%len(s.domains)])
		sampled, err := countUnits(answers, levels)
		must(tb, err)
		r.candidates = append(r.candidates, disclosure.Candidate{Estimate: e, Population: population(s.margins, levels), Sampled: sampled})
	}
	r.links, err = s.wave.links(context.Background(), r.indicators, answers)
	must(tb, err)
	return r
}

func (r gateRequest) apply(tb testing.TB) *table.Table {
	t, err := disclosure.Apply(r.policy, table.Meta{Wave: demoWave}, r.indicators, r.domains, r.candidates, r.links)
	must(tb, err)
	return t
}

// answers is the wave of one repetition: design columns of the sampled units,
// and the derived variables of those that answered.
func (s *study) answers(tb testing.TB, drawn *sample.Sample, draw int) *microdata.Data {
	n := len(drawn.Units)
	text := map[string][]string{}
	number := map[string][]float64{}
	rows, complete := make([]int, n), make([]bool, n)
	for i, u := range drawn.Units {
		fate := s.population.Fate(u.Unit, draw)
		rows[i], complete[i] = s.row[u.PNumber], fate == "complete"
		for name, value := range map[string]string{"unit": u.Key, "disposition": string(fate), "stratum": u.Stratum,
			"sector": u.Sector, "subsector": u.Subsector, "size": u.Size, "region": u.Region} {
			text[name] = append(text[name], value)
		}
		number["stratum_n"] = append(number["stratum_n"], float64(u.StratumN))
		number["design_weight"] = append(number["design_weight"], u.DesignWeight)
	}
	data, err := microdata.New()
	must(tb, err)
	for _, name := range []string{"unit", "disposition", "stratum", "sector", "subsector", "size", "region"} {
		column, err := microdata.Categories(name, distinct(text[name]), text[name])
		must(tb, err)
		must(tb, data.Add(column))
	}
	for _, name := range []string{"stratum_n", "design_weight"} {
		must(tb, data.Add(microdata.Numbers(name, number[name])))
	}
	for _, f := range s.formulas {
		must(tb, data.Add(microdata.Numbers(f.ID, s.answered(tb, f.ID, rows, complete))))
	}
	return data
}

// answered takes a derived variable of the units that answered, NaN of others.
func (s *study) answered(tb testing.TB, name string, rows []int, complete []bool) []float64 {
	all, err := s.census.Column(name)
	must(tb, err)
	x := make([]float64, len(rows))
	for i, row := range rows {
		x[i] = math.NaN()
		if complete[i] {
			x[i] = all.Number[row]
		}
	}
	return x
}

func distinct(values []string) []string {
	var levels []string
	seen := map[string]bool{}
	for _, v := range values {
		if !seen[v] {
			seen[v] = true
			levels = append(levels, v)
		}
	}
	return levels
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
