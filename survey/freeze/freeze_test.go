package freeze

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"barometer/survey/codebook"
	"barometer/survey/frame"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

func testQuestionnaire(t *testing.T) *questionnaire.Questionnaire {
	t.Helper()
	const file = "testdata/questionnaire.yaml"
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	q, err := questionnaire.Load(f, file)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// testSample has one stratum whose units stand in the order drawn, which is
// not that of their keys.
func testSample(keys ...string) *sample.Sample {
	st := sample.Stratum{Code: "K-DAG.20-49", N: 2 * len(keys), Take: len(keys), Subsector: "K-DAG", Size: "20-49"}
	s := &sample.Sample{Wave: "2025", Strata: []sample.Stratum{st}}
	for i, k := range keys {
		s.Units = append(s.Units, sample.Selected{
			Unit: frame.Unit{
				PNumber: fmt.Sprintf("10%08d", i), CVR: "29189846", Name: "Børnehaven Identitet",
				Email: "identitet@example.dk", Sector: codebook.Municipal, Subsector: "K-DAG",
				Municipality: "0101", Region: "1084", Employees: 31777,
			},
			Key: k, Size: "20-49", Stratum: st.Code, StratumN: st.N, StratumTake: st.Take,
			InclusionProb: 0.5, DesignWeight: 2,
		})
	}
	return s
}

func one(code string) questionnaire.Answer { return questionnaire.Answer{Codes: []string{code}} }

func record(unit string, d response.Disposition, a questionnaire.Answers) response.Record {
	return response.Record{Wave: "2025", Unit: unit, Revision: 1, Disposition: d, Answers: a,
		Receipt: "KVITTERING", Submitted: time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC)}
}

var (
	innovator = questionnaire.Answers{
		"B1": one("ja"), "C1": {Text: "Fri tekst om Identitet"}, "C2": one("proces"),
		"K1": {Rows: map[string][]string{"proever": {"nej"}}},
	}
	reconsidered = questionnaire.Answers{ // C2 is left from before B1 became no
		"B1": one("nej"), "C2": one("produkt"), "K1": {Rows: map[string][]string{"proever": {"ja"}}},
	}
)

// row writes a unit's answers as they stand in the wave: name=value or
// name:reason.
func row(t *testing.T, w *microdata.Wave, unit string) string {
	t.Helper()
	units, err := w.Column("unit")
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for i := range w.Rows() {
		if units.Level(i) != unit {
			continue
		}
		for _, v := range w.Codebook.Variables {
			if c, err := w.Column(v.Name); err != nil {
				t.Fatal(err)
			} else if v.Role == codebook.RoleAnswer || v.Role == codebook.RoleDisposition {
				cells = append(cells, v.Name+cell(c, i))
			}
		}
	}
	return strings.Join(cells, " ")
}

func cell(c *microdata.Column, i int) string {
	switch {
	case c.Missing(i):
		return ":" + c.Reason[i].String()
	case c.IsNumeric():
		return fmt.Sprintf("=%v", c.Number[i])
	}
	return "=" + c.Level(i)
}

func TestBuild(t *testing.T) {
	q := testQuestionnaire(t)
	s := testSample("u5", "u2", "u4", "u1", "u3", "u6")
	records := []response.Record{
		record("u1", response.Complete, innovator),
		record("u2", response.Complete, reconsidered),
		record("u3", response.Partial, questionnaire.Answers{"B1": one("ja")}),
		record("u4", response.Refused, questionnaire.Answers{"B1": one("ja")}),
		record("u5", response.Ineligible, nil),
	}
	records[1].Mode = response.Paper
	w, err := Build(s, q, records, Meta{Synthetic: true})
	if err != nil {
		t.Fatal(err)
	}
	if w.ID != "2025" || !w.Synthetic || w.Rows() != 6 {
		t.Errorf("wave %s, synthetic %v, %d rows", w.ID, w.Synthetic, w.Rows())
	}
	none := " mode:nonresponse b1:nonresponse innov:nonresponse c2_produkt:nonresponse c2_proces:nonresponse k1_proever:nonresponse"
	for unit, want := range map[string]string{
		"u1": "disposition=complete mode=web b1=ja innov=1 c2_produkt=0 c2_proces=1 k1_proever=nej",
		"u2": "disposition=complete mode=paper b1=nej innov=0 c2_produkt:not_asked c2_proces:not_asked k1_proever=ja",
		"u3": "disposition=partial mode=web b1=ja innov=1 c2_produkt:nonresponse c2_proces:nonresponse k1_proever:nonresponse",
		"u4": "disposition=refused" + none,
		"u5": "disposition=ineligible" + none,
		"u6": "disposition=noncontact" + none,
	} {
		if got := row(t, w, unit); got != want {
			t.Errorf("%s is\n\t%s, want\n\t%s", unit, got, want)
		}
	}
	units, _ := w.Column("unit")
	if !slices.IsSorted(units.Levels) {
		t.Errorf("rows in the order %v: not by unit key", units.Levels)
	}
	names := make([]string, 12)
	for i := range names {
		names[i] = w.Codebook.Variables[i].Name
	}
	if got := strings.Join(names, " "); got != "unit disposition mode stratum stratum_n stratum_take inclusion_prob design_weight sector subsector size region" {
		t.Errorf("the wave begins with %s", got)
	}
	for _, v := range w.Codebook.Variables {
		if len(v.Label.Missing()) > 0 {
			t.Errorf("variable %s has no label in %v", v.Name, v.Label.Missing())
		}
	}
	if st, _ := w.Codebook.Variable("stratum"); !strings.Contains(st.Codes[0].Label.EN, "20") || st.Codes[0].Label.DA == st.Codes[0].Value {
		t.Errorf("the stratum is called %+v", st.Codes[0].Label)
	}
}

// everything writes all that is in a wave.
func everything(t *testing.T, w *microdata.Wave) string {
	t.Helper()
	text, err := json.Marshal(w.Codebook)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.Write(text)
	for _, c := range w.Columns() {
		fmt.Fprintf(&b, "\n%+v", c)
	}
	return b.String()
}

func TestNoIdentityPasses(t *testing.T) {
	s := testSample("u1", "u2")
	w, err := Build(s, testQuestionnaire(t), []response.Record{record("u1", response.Complete, innovator)}, Meta{})
	if err != nil {
		t.Fatal(err)
	}
	text := everything(t, w)
	u := s.Units[0]
	for what, identity := range map[string]string{
		"name": "Identitet", "e-mail": u.Email, "P-number": u.PNumber, "CVR number": u.CVR,
		"municipality": u.Municipality, "headcount": fmt.Sprint(u.Employees),
		"free text": "Fri tekst", "receipt": "KVITTERING", "time": "2026",
	} {
		if strings.Contains(text, identity) {
			t.Errorf("the wave holds the %s", what)
		}
	}
	if !strings.Contains(text, "proces") {
		t.Error("the wave holds no answers either: the test proves nothing")
	}
}

func TestOrderOfInputsDoesNotMatter(t *testing.T) {
	q := testQuestionnaire(t)
	s := testSample("u3", "u1", "u2")
	records := []response.Record{record("u1", response.Complete, innovator), record("u3", response.Complete, reconsidered)}
	first, err := Build(s, q, records, Meta{})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(s.Units)
	slices.Reverse(records)
	second, err := Build(s, q, records, Meta{})
	if err != nil {
		t.Fatal(err)
	}
	if everything(t, first) != everything(t, second) {
		t.Error("the same collection freezes to two waves")
	}
}

func TestBuildRefuses(t *testing.T) {
	q := testQuestionnaire(t)
	for name, c := range map[string]struct {
		sample  *sample.Sample
		records []response.Record
		want    []string
	}{
		"strangers, rivals and other waves, all named": {testSample("u1", "u2"), []response.Record{
			record("u9", response.Complete, innovator),
			record("u1", response.Complete, innovator), record("u1", response.Complete, reconsidered),
			{Wave: "2023", Unit: "u2"},
		}, []string{"u9", "u1: has two", "wave 2023"}},
		"a complete response with gaps": {testSample("u1"), []response.Record{
			record("u1", response.Complete, questionnaire.Answers{"B1": one("ja")}),
		}, []string{"unit u1", "C2", "K1"}},
		"a key that is the P-number": {testSample("1000000000"), nil, []string{"holds its number"}},
		"keys that coincide":         {testSample("u1", "u1"), nil, []string{"two units have the key u1"}},
		"an unknown disposition": {testSample("u1"), []response.Record{
			record("u1", "done", nil),
		}, []string{"disposition", "done"}},
		"a unit without weight": {func() *sample.Sample {
			s := testSample("u1")
			s.Units[0].DesignWeight = 0
			return s
		}(), nil, []string{"u1", "design_weight"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Build(c.sample, q, c.records, Meta{})
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v\n\tdoes not name %q", err, want)
				}
			}
		})
	}
}

func TestGatherNamesEveryRowThatDoesNotOpen(t *testing.T) {
	all := func(yield func(response.Record, error) bool) {
		for _, u := range []string{"u1", "u2", "u3"} {
			var err error
			if u != "u2" {
				err = &response.TamperedError{Wave: "2025", Unit: u, Revision: 4}
			}
			if !yield(response.Record{Unit: u}, err) {
				return
			}
		}
	}
	records, err := Gather(all)
	if len(records) != 1 || !errors.As(err, new(*response.TamperedError)) || !strings.Contains(err.Error(), "u1") || !strings.Contains(err.Error(), "u3") {
		t.Errorf("Gather = %d records, %v", len(records), err)
	}
}

// Strata of a plan's own classes share what the frame says of them; their codes
// tell them apart.
func TestStrataThatShareALabelAreToldApart(t *testing.T) {
	v := stratumVariable([]sample.Stratum{
		{Code: "kommune.large", Sector: "kommune"}, {Code: "kommune.rest", Sector: "kommune"}, {Code: "stat.rest", Sector: "stat"},
	})
	var labels []string
	for _, c := range v.Codes {
		labels = append(labels, c.Label.EN)
	}
	if got := strings.Join(labels, "; "); got != "Municipality (kommune.large); Municipality (kommune.rest); State" {
		t.Errorf("got %s", got)
	}
}
