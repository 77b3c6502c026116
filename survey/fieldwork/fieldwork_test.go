package fieldwork

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"barometer/survey/contact"
	"barometer/survey/response"
	"barometer/survey/sample"
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

// The national survey of 2021–23: 1,611 answers of 4,494 workplaces.
func TestRatesOfThePublishedWave(t *testing.T) {
	r, err := Counts{Complete: 1611, Noncontact: 4494 - 1611}.Rates(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, rate := range []Rate{r.RR1, r.RR3} {
		v, _ := rate.Value()
		if got := fmt.Sprintf("%.2f", 100*v); got != "35.85" {
			t.Errorf("rate %s, want 35.85", got)
		}
	}
}

func TestRateWithoutUnitsIsUndefined(t *testing.T) {
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

// testSample has stratum A with 5 units a1… and B with 3 units b1….
func testSample() *sample.Sample {
	s := &sample.Sample{Wave: "2025", Strata: []sample.Stratum{{Code: "A", N: 50, Take: 5}, {Code: "B", N: 30, Take: 3}}}
	for _, st := range s.Strata {
		for i := range st.Take {
			s.Units = append(s.Units, sample.Selected{Key: fmt.Sprintf("%s%d", strings.ToLower(st.Code), i+1), Stratum: st.Code})
		}
	}
	return s
}

func TestWatch(t *testing.T) {
	at := time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)
	contacts := []contact.Status{
		{Unit: "a1", Invited: at, Opened: at}, {Unit: "a2", Invited: at, Opened: at}, {Unit: "a3", Invited: at, Opened: at},
		{Unit: "a4", Invited: at}, {Unit: "b1", Invited: at},
	}
	responses := []response.Status{
		{Unit: "a1", Disposition: response.Complete, Answered: 20},
		{Unit: "a2", Disposition: response.Partial, Answered: 5},
		{Unit: "a3", Disposition: response.Partial, Answered: 4},
		{Unit: "b1", Disposition: response.Refused},
		{Unit: "b2", Disposition: response.Ineligible},
		{Unit: "b3", Disposition: response.Unknown},
	}
	m, err := Watch(testSample(), contacts, responses, Rule{MinAnswered: 5})
	if err != nil {
		t.Fatal(err)
	}
	a := Counts{Sampled: 5, Invited: 4, Opened: 3, Complete: 1, Partial: 1, BreakOff: 1, Noncontact: 2}
	b := Counts{Sampled: 3, Invited: 1, Refused: 1, Ineligible: 1, Unknown: 1}
	if m.Strata[0].Counts != a || m.Strata[1].Counts != b {
		t.Errorf("strata %+v", m.Strata)
	}
	total := Counts{Sampled: 8, Invited: 5, Opened: 3, Complete: 1, Partial: 1, BreakOff: 1, Refused: 1, Noncontact: 2, Unknown: 1, Ineligible: 1}
	if m.Total != total {
		t.Errorf("total %+v, want %+v", m.Total, total)
	}
}

func TestWatchRefusesWhatDoesNotReconcile(t *testing.T) {
	s := testSample()
	s.Strata[1].Take = 4
	s.Units = append(s.Units, sample.Selected{Key: "c1", Stratum: "C"})
	_, err := Watch(s,
		[]contact.Status{{Unit: "x1"}, {Unit: "a1"}, {Unit: "a1"}},
		[]response.Status{{Unit: "x2"}}, Rule{})
	for _, want := range []string{"x1", "x2", "a1 has two", "stratum B: 3 units in the sample, its allocation says 4", "no stratum C"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %q", err, want)
		}
	}
}

func BenchmarkWatch(b *testing.B) {
	s := &sample.Sample{Wave: "2025", Strata: []sample.Stratum{{Code: "A", N: 16000, Take: 16000}}}
	var contacts []contact.Status
	var responses []response.Status
	for i := range 16000 {
		key := fmt.Sprintf("u%05d", i)
		s.Units = append(s.Units, sample.Selected{Key: key, Stratum: "A"})
		contacts = append(contacts, contact.Status{Unit: key})
		responses = append(responses, response.Status{Unit: key, Disposition: response.Partial})
	}
	for b.Loop() {
		if _, err := Watch(s, contacts, responses, Rule{}); err != nil {
			b.Fatal(err)
		}
	}
}
