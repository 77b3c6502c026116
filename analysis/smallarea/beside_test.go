package smallarea_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"barometer/analysis/disclosure"
	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/smallarea"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

var bySubsector = indicator.SmallArea{Indicators: []string{"reuse"}, Breakdown: "subsector", Smooth: true, Uncertain: true,
	Covariates: []indicator.Covariate{{Name: "large", Label: i18n.Text{DA: "Store", EN: "Large"}, Share: "size", Level: "100+"}}}

// bases and positives are the answers of the fifteen subsectors: two of them
// are too few to be shown, two are uncertain.
var (
	bases     = []int{310, 180, 170, 140, 60, 55, 28, 70, 45, 8, 5, 62, 35, 38, 80}
	positives = []int{230, 130, 120, 104, 40, 41, 20, 50, 30, 6, 4, 43, 26, 25, 60}
)

// published sends the answers through the disclosure gate.
func published(t *testing.T, positives []int) *table.Table {
	t.Helper()
	var policy disclosure.Policy
	policy.Confidential.MinRespondents, policy.Confidential.MinPopulation, policy.Confidential.MinNumerator = 10, 5, 3
	policy.Confidential.AllSameRespondents, policy.Confidential.MinInterval = 30, 6
	policy.Uncertain.RespondentsBelow, policy.Uncertain.HalfWidthAbove, policy.Unreliable.HalfWidthAbove = 40, 0.2, 0.4
	text := i18n.Same
	ind := table.Indicator{ID: "reuse", Family: "reuse", FamilyLabel: text("Genbrug"), Label: text("Genbrug"), Kind: table.Share}
	var domains []table.Domain
	var candidates []disclosure.Candidate
	add := func(d table.Domain, n, positive int) {
		p := float64(positive) / float64(n)
		se := math.Sqrt(p*(1-p)/float64(n)) * 1.1
		domains = append(domains, d)
		candidates = append(candidates, disclosure.Candidate{Population: 10 * n, Sampled: 2 * n, Estimate: estimate.Estimate{
			Item: ind.ID, Domain: indicator.Levels(d), N: n, Positive: positive, Value: p, SE: se, DF: 900, Low: p - 1.96*se, High: p + 1.96*se}})
	}
	all, yes := 0, 0
	for i := range bases {
		all, yes = all+bases[i], yes+positives[i]
	}
	add(table.Domain{Breakdown: "total", Codes: []string{}, Label: text("Alle")}, all, yes)
	for i, c := range codebook.Subsectors().Codes {
		add(table.Domain{Breakdown: "subsector", Codes: []string{c.Value}, Label: c.Label}, bases[i], positives[i])
	}
	made, err := disclosure.Apply(policy, table.Meta{Wave: "2025", Level: 0.95}, []table.Indicator{ind}, domains, candidates, disclosure.Links{})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// known gives each subsector its share of large workplaces.
func known() map[string][]float64 {
	x := make(map[string][]float64)
	for i, c := range codebook.Subsectors().Codes {
		x["subsector:"+c.Value] = []float64{0.05 * float64(i%6)}
	}
	return x
}

func besides(t *testing.T, tab *table.Table) *table.Models {
	t.Helper()
	m, err := smallarea.Beside(tab, []indicator.SmallArea{bySubsector}, []map[string][]float64{known()})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What suppressed groups answered does not reach the model: with any other
// answers that suppress the same cells, every published number of it is the same,
// and it can be computed from the table as it is released.
func TestModelsFollowFromWhatIsShown(t *testing.T) {
	tab := published(t, positives)
	models := besides(t, tab)
	other := append([]int(nil), positives...)
	other[9], other[10] = 5, 5 // the same sum, so that the total stays as it is
	if again := besides(t, published(t, other)); !reflect.DeepEqual(models, again) {
		t.Errorf("the answers of suppressed groups change the models:\n%+v\n%+v", models, again)
	}

	released, err := json.Marshal(tab)
	if err != nil {
		t.Fatal(err)
	}
	read := new(table.Table)
	if err := json.Unmarshal(released, read); err != nil {
		t.Fatal(err)
	}
	if again := besides(t, read); !reflect.DeepEqual(models, again) {
		t.Error("the released table gives other models")
	}
}

// A suppressed group gets what the published coefficients give for it, an
// uncertain one a figure between its own and that.
func TestFiguresBesideATable(t *testing.T) {
	tab := published(t, positives)
	m := besides(t, tab).List[0]
	predicted := make(map[string]float64)
	for _, c := range m.Covariates {
		for j, x := range c.X {
			predicted[c.Domain] += m.Coefficients[j].Value * x
		}
	}
	bases := map[table.Basis]int{}
	for _, f := range m.Figures {
		bases[f.Basis]++
		cell, _ := tab.Cell("reuse", f.Domain)
		own, shown := cell.Figure()
		low, high := predicted[f.Domain], predicted[f.Domain]
		if shown {
			low, high = min(low, own.Value), max(high, own.Value)
		}
		if shown != (f.Basis == table.Combined) || f.Value < low-1e-12 || f.Value > high+1e-12 {
			t.Errorf("%s: %s figure %v, own %v, predicted %v", f.Domain, f.Basis, f.Value, own.Value, predicted[f.Domain])
		}
		if f.RMSE <= 0 || f.Low >= f.Value || f.High <= f.Value {
			t.Errorf("%s: %+v has no margin of error", f.Domain, f)
		}
	}
	if m.Groups != 13 || bases[table.Prediction] != 2 || bases[table.Combined] == 0 {
		t.Errorf("a model of %d groups with figures %v", m.Groups, bases)
	}
}

func TestModelsBesideATableAreRefused(t *testing.T) {
	tab := published(t, positives)
	few := known()
	for i, c := range codebook.Subsectors().Codes {
		if i > 2 {
			delete(few, "subsector:"+c.Value)
		}
	}
	cases := []struct {
		name  string
		plan  func(*indicator.SmallArea)
		known map[string][]float64
		says  string
	}{
		{"unknown indicator", func(p *indicator.SmallArea) { p.Indicators = []string{"genbrug"} }, known(), "genbrug"},
		{"too few groups", func(*indicator.SmallArea) {}, few, "3 areas with sample for 2 coefficients"},
	}
	for _, c := range cases {
		plan := bySubsector
		c.plan(&plan)
		_, err := smallarea.Beside(tab, []indicator.SmallArea{plan}, []map[string][]float64{c.known})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error %v does not say %q", c.name, err, c.says)
		}
	}
}

// A prediction beyond 0 or 1 is no share: it is left out and said.
func TestPredictionOffTheScaleIsLeftOut(t *testing.T) {
	far := known()
	far["subsector:R-ADM"] = []float64{-400}
	m, err := smallarea.Beside(published(t, positives), []indicator.SmallArea{bySubsector}, []map[string][]float64{far})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.List[0].Figures {
		if f.Domain == "subsector:R-ADM" {
			t.Errorf("a figure of %v is given", f.Value)
		}
	}
	if w := strings.Join(m.List[0].Warnings, " "); !strings.Contains(w, "subsector:R-ADM") || !strings.Contains(w, "off the scale") {
		t.Errorf("the warnings do not tell: %q", w)
	}
}

type unit struct {
	subsector, size string
	employees       float64
}

// Covariates are counts and means of the frame, logarithms of them, and columns
// of the area file.
func TestCovariatesOfTheFrame(t *testing.T) {
	p := smallarea.Population[unit]{
		Units: []unit{{"K-DAG", "100+", 150}, {"K-DAG", "20-49", 30}, {"K-DAG", "20-49", 20}, {"K-DAG", "1-19", 8}, {"K-SKO", "100+", 120}},
		Level: func(u unit, c string) (string, bool) {
			return map[string]string{"subsector": u.subsector, "size": u.size}[c], c == "subsector" || c == "size"
		},
		Number: func(u unit, c string) (float64, bool) { return u.employees, c == "employees" },
		Min:    2,
	}
	domains := []table.Domain{{Breakdown: "subsector", Codes: []string{"K-DAG"}}, {Breakdown: "subsector", Codes: []string{"K-SKO"}}}
	file, err := smallarea.ReadAreas(strings.NewReader("domain,density\nsubsector:K-DAG,3.5\n"), "areas.csv")
	if err != nil {
		t.Fatal(err)
	}
	plan := indicator.SmallArea{Covariates: []indicator.Covariate{{Share: "size", Level: "20-49"}, {Mean: "employees", Log: true}, {Column: "density"}}}
	got, err := smallarea.Covariates(plan, domains, p, file)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{"subsector:K-DAG": {0.5, math.Log(52), 3.5}} // the other has one workplace
	if !reflect.DeepEqual(got, want) {
		t.Errorf("covariates %v, want %v", got, want)
	}
	for says, c := range map[string]indicator.Covariate{
		"no column municipality":         {Share: "municipality", Level: "0101"},
		"no numeric column size":         {Mean: "size"},
		"has no column income":           {Column: "income"},
		"has no logarithm":               {Share: "size", Level: "50-99", Log: true},
		"to come from an area file, and": {Column: "density", Name: "no file"},
	} {
		from := file
		if c.Name != "" {
			from = nil
		}
		_, err := smallarea.Covariates(indicator.SmallArea{Covariates: []indicator.Covariate{c}}, domains, p, from)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: error %v does not say %q", c, err, says)
		}
	}
}

func FuzzReadAreas(f *testing.F) {
	for _, s := range []string{"domain,a\nsubsector:K-DAG,1\n", "\ufeffdomain,a,b\nx,,2\n", "domain\n", "", "a,b\n1,x\n1,2", "domain,a\nx,NaN\n", "domain,a,a\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := smallarea.ReadAreas(strings.NewReader(text), "areas.csv")
		if err != nil && !strings.Contains(err.Error(), "areas.csv") {
			t.Errorf("the error %v does not name the file", err)
		}
		_ = a
	})
}
