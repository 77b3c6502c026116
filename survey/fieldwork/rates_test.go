package fieldwork

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestRates(t *testing.T) {
	counts := Counts{Complete: 60, Partial: 10, BreakOff: 4, Refused: 16, Noncontact: 10, Unknown: 50, Ineligible: 20}
	r, err := counts.Rates(0.8)
	if err != nil {
		t.Fatal(err)
	}
	// By hand: eligible 90, unknown 60, e × unknown 48.
	for name, c := range map[string]struct {
		got  Rate
		want float64
	}{
		"RR1": {r.RR1, 60.0 / 150}, "RR2": {r.RR2, 70.0 / 150},
		"RR3": {r.RR3, 60.0 / 138}, "RR4": {r.RR4, 70.0 / 138},
		"RR5": {r.RR5, 60.0 / 90}, "RR6": {r.RR6, 70.0 / 90},
	} {
		if v, ok := c.got.Value(); !ok || math.Abs(v-c.want) > 1e-12 {
			t.Errorf("%s = %v, want %v", name, v, c.want)
		}
	}
	if e := counts.EligibleShare(); math.Abs(e-90.0/110) > 1e-12 {
		t.Errorf("e = %v, want 90/110", e)
	}
}

// Goal 39: the national survey of 2021–23, 1,611 answers of 4,494 workplaces.
// RR1 and RR5 are the same where every workplace is known to be eligible and
// only the answers are counted, as its published rate does.
func TestGoal39_RatesOfThePublishedWave(t *testing.T) {
	for name, c := range map[string]Counts{
		"silent ones refused": {Complete: 1611, Refused: 4494 - 1611},
		"silent ones unknown": {Complete: 1611, Noncontact: 4494 - 1611},
	} {
		r, err := c.Rates(1)
		if err != nil {
			t.Fatal(err)
		}
		rates := []Rate{r.RR1, r.RR2, r.RR3, r.RR4}
		if c.Refused > 0 {
			rates = append(rates, r.RR5, r.RR6)
		}
		for i, rate := range rates {
			v, _ := rate.Value()
			if got := fmt.Sprintf("%.2f", 100*v); got != "35.85" {
				t.Errorf("%s: rate %d is %s, want 35.85", name, i+1, got)
			}
		}
	}
}

// Goal 39: the threshold of partial answers is stated, and e is.
func TestGoal39_RateWithoutUnitsIsUndefined(t *testing.T) {
	r, err := Counts{Ineligible: 3}.Rates(1)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := r.RR1.Value(); ok {
		t.Errorf("RR1 of nobody is %v", v)
	}
	text, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(text), `"rr1":null`) {
		t.Errorf("JSON %s, %v; want null", text, err)
	}
	for _, e := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := (Counts{}).Rates(e); err == nil {
			t.Errorf("e = %v accepted", e)
		}
	}
}
