package disclosure

import (
	"encoding/json"
	"strings"
	"testing"

	"barometer/analysis/compare"
	"barometer/analysis/table"
)

// waveTable is a table of one cell with the given candidate.
func waveTable(t *testing.T, wave string, c Candidate) *table.Table {
	t.Helper()
	tab, err := Apply(policy(t), table.Meta{Wave: wave, Level: 0.95}, oneIndicator, oneDomain, []Candidate{c}, Links{})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func trendOf(v table.Verdict) *compare.Trend {
	m := compare.Moved{Indicator: "innov_rate", Domain: "total", Verdict: v,
		Movement: table.Movement{Difference: 0.0625, Low: 0.03, High: 0.09, SE: 0.015, DF: 400, P: 0.001, Adjusted: 0.004}}
	return &compare.Trend{How: table.Comparison{Before: "2023", After: "2025"}, Moved: []compare.Moved{m}}
}

// A change whose figure is suppressed in either wave keeps no number, even
// where a test was made of it.
func TestChangeOfASuppressedFigureKeepsNoNumber(t *testing.T) {
	shown, secret := candidate(500, 200, 0.04), candidate(9, 4, 0.04)
	for name, c := range map[string]struct {
		before, after Candidate
		want          table.Verdict
	}{
		"shown in both":         {shown, shown, table.Up},
		"suppressed in the old": {secret, shown, table.Hidden},
		"suppressed in the new": {shown, secret, table.Hidden},
	} {
		changes, err := Changes(waveTable(t, "2023", c.before), waveTable(t, "2025", c.after), trendOf(table.Up))
		if err != nil {
			t.Fatal(err)
		}
		got, _ := changes.Of("innov_rate", "total")
		m, tested := got.Movement()
		if got.Verdict != c.want || tested != (c.want == table.Up) || !tested && m != (table.Movement{}) {
			t.Errorf("%s: verdict %q with %+v", name, got.Verdict, m)
		}
		stored, err := json.Marshal(changes)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(stored), "0.0625") != tested {
			t.Errorf("%s: stored as %s", name, stored)
		}
		var back table.Changes
		if err := json.Unmarshal(stored, &back); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChangesOfOtherWavesAreRefused(t *testing.T) {
	shown := candidate(500, 200, 0.04)
	if _, err := Changes(waveTable(t, "2021", shown), waveTable(t, "2025", shown), trendOf(table.Up)); err == nil || !strings.Contains(err.Error(), "2021") {
		t.Errorf("error %v", err)
	}
	alien := trendOf(table.Up)
	alien.Moved[0].Domain = "sector:mars"
	if _, err := Changes(waveTable(t, "2023", shown), waveTable(t, "2025", shown), alien); err == nil || !strings.Contains(err.Error(), "innov_rate × sector:mars") {
		t.Errorf("error %v", err)
	}
}

func TestStoredChangesThatContradictThemselvesAreRefused(t *testing.T) {
	for name, change := range map[string]string{
		"a hidden change with numbers":    `{"indicator":"a","domain":"total","verdict":"hidden","difference":0.1,"low":0,"high":0.2}`,
		"a tested change without numbers": `{"indicator":"a","domain":"total","verdict":"up"}`,
		"up by less than nothing":         `{"indicator":"a","domain":"total","verdict":"up","difference":-0.1,"low":-0.2,"high":0}`,
		"a change outside its interval":   `{"indicator":"a","domain":"total","verdict":"no_clear","difference":0.3,"low":0,"high":0.2}`,
		"an adjusted p below the p":       `{"indicator":"a","domain":"total","verdict":"no_clear","difference":0.1,"low":0,"high":0.2,"p":0.4,"p_adjusted":0.2}`,
	} {
		var c table.Changes
		if err := json.Unmarshal([]byte(`{"changes":[`+change+`]}`), &c); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}
