package disclosure

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"barometer/analysis/estimate"
	"barometer/analysis/table"
	"barometer/internal/i18n"
)

// policy is the policy the demonstration wave is published under.
func policy(t testing.TB) Policy {
	t.Helper()
	f, err := os.Open("../../cmd/barometer/demo/wave/disclosure.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := LoadPolicy(f, "disclosure.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// candidate is a share with an interval of the given half width.
func candidate(n, positive int, half float64) Candidate {
	p := float64(positive) / float64(n)
	return Candidate{
		Estimate:   estimate.Estimate{Value: p, SE: half / 2, Low: p - half, High: p + half, DF: 100, N: n, Positive: positive},
		Population: 4000, Sampled: 1000,
	}
}

func TestStatusFollowsThePolicy(t *testing.T) {
	enumerated := candidate(40, 0, 0)
	enumerated.Sampled = enumerated.Population
	small := candidate(12, 6, 0.05)
	small.Population = 4
	undefined := candidate(50, 25, 0.05)
	undefined.Low, undefined.High = math.NaN(), math.NaN()
	cases := []struct {
		name string
		c    Candidate
		want table.Status
	}{
		{"plenty of respondents", candidate(500, 200, 0.04), table.Published},
		{"nobody asked", Candidate{}, table.Empty},
		{"nine respondents", candidate(9, 4, 0.05), table.Confidential},
		{"ten respondents", candidate(10, 5, 0.05), table.Uncertain},
		{"two in the numerator", candidate(100, 2, 0.02), table.Confidential},
		{"two in the complement", candidate(100, 98, 0.02), table.Confidential},
		{"three in the numerator", candidate(100, 3, 0.02), table.Published},
		{"nobody of 29", candidate(29, 0, 0), table.Confidential},
		{"nobody of 30", candidate(30, 0, 0), table.Published},
		{"everybody of 30", candidate(30, 30, 0), table.Published},
		{"nobody where all were asked", enumerated, table.Confidential},
		{"four workplaces in the frame", small, table.Confidential},
		{"29 respondents", candidate(29, 15, 0.05), table.Uncertain},
		{"interval of ±11 points", candidate(100, 50, 0.11), table.Uncertain},
		{"interval of ±21 points", candidate(100, 50, 0.21), table.Unreliable},
		{"no interval", undefined, table.Unreliable},
		{"confidential before unreliable", candidate(9, 4, 0.5), table.Confidential},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := policy(t).status(table.Share, c.c); got != c.want {
				t.Errorf("status %q, want %q", got, c.want)
			}
		})
	}
}

func TestScoreHasNoNumeratorRule(t *testing.T) {
	c := candidate(100, 100, 0.02)
	c.Value, c.Low, c.High = 61, 60, 62
	if got := policy(t).status(table.Score, c); got != table.Published {
		t.Errorf("status %q: a score in which every respondent takes part identifies nobody", got)
	}
}

var (
	oneIndicator = []table.Indicator{{ID: "innov_rate", Kind: table.Share}}
	oneDomain    = []table.Domain{{Breakdown: "total", Label: i18n.Same("Alle")}}
)

func TestSuppressedCellKeepsNoNumber(t *testing.T) {
	secret := candidate(9, 4, 0.0123456)
	tab, err := Apply(policy(t), table.Meta{Wave: "2025"}, oneIndicator, oneDomain, []Candidate{secret}, Links{})
	if err != nil {
		t.Fatal(err)
	}
	cell, _ := tab.Cell("innov_rate", "total")
	if f, shown := cell.Figure(); shown || f != (table.Figure{}) {
		t.Errorf("the cell still holds %+v", f)
	}
	stored, err := json.Marshal(tab)
	if err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"figure", "0.0123", "0.444"} {
		if strings.Contains(string(stored), trace) {
			t.Errorf("the stored table contains %q: %s", trace, stored)
		}
	}
}

func TestTableSurvivesStorage(t *testing.T) {
	tab, err := Apply(policy(t), table.Meta{Wave: "2025", Level: 0.95}, oneIndicator, oneDomain, []Candidate{candidate(500, 200, 0.04)}, Links{})
	if err != nil {
		t.Fatal(err)
	}
	stored, err := json.Marshal(tab)
	if err != nil {
		t.Fatal(err)
	}
	var back table.Table
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	want, _ := tab.Cell("innov_rate", "total")
	got, ok := back.Cell("innov_rate", "total")
	if !ok || got != want {
		t.Errorf("read back %+v, stored %+v", got, want)
	}
}

func TestStoredTableThatContradictsItselfIsRefused(t *testing.T) {
	head := `{"meta":{},"indicators":[{"id":"a"}],"domains":[{"breakdown":"total"}],"cells":[`
	for name, cell := range map[string]string{
		"a suppressed cell with a number":      `{"status":"c","figure":{"value":0.4,"low":0.3,"high":0.5}}`,
		"a published cell without a number":    `{}`,
		"a value outside its interval":         `{"figure":{"value":0.6,"low":0.3,"high":0.5}}`,
		"more cells than indicators × domains": `{"status":"c"},{"status":"c"}`,
	} {
		var tab table.Table
		if err := json.Unmarshal([]byte(head+cell+"]}"), &tab); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestIntervalIsCutAtTheEndsOfTheScale(t *testing.T) {
	tab, err := Apply(policy(t), table.Meta{}, oneIndicator, oneDomain, []Candidate{candidate(200, 4, 0.05)}, Links{})
	if err != nil {
		t.Fatal(err)
	}
	cell, _ := tab.Cell("innov_rate", "total")
	if f, _ := cell.Figure(); f.Low != 0 {
		t.Errorf("the interval of a share begins at %v", f.Low)
	}
}

func TestFaultsNameTheCell(t *testing.T) {
	broken := candidate(500, 200, 0.04)
	broken.Value = math.Inf(1)
	outside := candidate(500, 200, 0.04)
	outside.High = outside.Value - 0.1
	for name, c := range map[string]Candidate{"infinite": broken, "outside its interval": outside} {
		_, err := Apply(policy(t), table.Meta{}, oneIndicator, oneDomain, []Candidate{c}, Links{})
		if err == nil || !strings.Contains(err.Error(), "innov_rate × total") {
			t.Errorf("%s: error %v does not name the cell", name, err)
		}
	}
}

func TestForgottenThresholdIsRefused(t *testing.T) {
	_, err := LoadPolicy(strings.NewReader("confidential: {min_respondents: 10}\n"), "p.yaml")
	if err == nil || !strings.Contains(err.Error(), "confidential.min_numerator") {
		t.Errorf("error %v does not name the forgotten threshold", err)
	}
	if _, err := Apply(Policy{}, table.Meta{}, oneIndicator, oneDomain, []Candidate{candidate(500, 200, 0.04)}, Links{}); err == nil {
		t.Error("a policy without rules let an estimate through")
	}
	if _, err := LoadPolicy(strings.NewReader("confidental: {}\n"), "p.yaml"); err == nil {
		t.Error("a misspelt key was read")
	}
}
