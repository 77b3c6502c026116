package casefile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"barometer/analysis/estimate/casefile"
	"barometer/survey/microdata"
)

// small is a loader of made data: two strata of three rows.
func small(_ context.Context, _ string, columns []string) (*microdata.Data, error) {
	h, err := microdata.Categories("h", []string{"a", "b"}, []string{"a", "a", "a", "b", "b", "b"})
	if err != nil {
		return nil, err
	}
	all := []microdata.Column{h,
		microdata.Numbers("row", []float64{1, 2, 3, 4, 5, 6}),
		microdata.Numbers("w", []float64{1, 2, 1, 2, 1, 2}),
		microdata.Numbers("y", []float64{1, 0, 1, 0, 0, 1}),
		microdata.Numbers("kommune", []float64{101, 101, 147, 147, 101, 147}),
		microdata.Numbers("few", []float64{9, 9, 9, 2, 2, 2}),
		microdata.Numbers("lone", []float64{1, 1, 1, 1, 1, 2}),
	}
	d, err := microdata.New()
	if err != nil {
		return nil, err
	}
	for _, name := range columns {
		found := false
		for _, c := range all {
			if c.Name == name {
				found = true
				if err := d.Add(c); err != nil {
					return nil, err
				}
			}
		}
		if !found {
			return nil, errors.New("no column " + name)
		}
	}
	return d, nil
}

func TestRefusals(t *testing.T) {
	const design = `"design":{"strata":["h"],"weights":"w"}`
	const request = `"request":{"stat":"mean","vars":["y"]}`
	for name, c := range map[string]struct{ text, code, says string }{
		"not JSON":          {`{`, "bad_case", "JSON"},
		"unknown key":       {`{"data":"d","desing":{},` + request + `}`, "bad_case", "desing"},
		"unknown inner key": {`{"data":"d","design":{"stratum":[]},` + request + `}`, "bad_case", "stratum"},
		"wrong type":        {`{"data":7,` + request + `}`, "bad_case", "data"},
		"no data":           {`{` + request + `}`, "bad_case", "data"},
		"no stat":           {`{"data":"d","request":{"vars":["y"]}}`, "bad_case", "stat"},
		"unknown stat":      {`{"data":"d","request":{"stat":"mode","vars":["y"]}}`, "bad_case", "mode"},
		"no variable":       {`{"data":"d",` + design + `,"request":{"stat":"mean"}}`, "bad_case", "vars"},
		"unknown option":    {`{"data":"d",` + design + `,"request":{"stat":"mean","vars":["y"],"options":{"levle":1}}}`, "bad_case", "levle"},
		"unknown df":        {`{"data":"d",` + design + `,"request":{"stat":"mean","vars":["y"],"options":{"df":"normal"}}}`, "bad_case", "normal"},
		"unknown deff":      {`{"data":"d",` + design + `,"request":{"stat":"mean","vars":["y"],"options":{"deff":"x"}}}`, "bad_case", "deff"},
		"unknown lonely":    {`{"data":"d","design":{"lonely_psu":"ignore"},` + request + `}`, "bad_case", "ignore"},
		"unknown replicate": {`{"data":"d","design":{"replicates":{"type":"JK7"}},` + request + `}`, "bad_case", "JK7"},
		"unknown step":      {`{"data":"d",` + design + `,"adjust":[{"kind":"guess"}],` + request + `}`, "bad_case", "guess"},
		"unknown step key":  {`{"data":"d",` + design + `,"adjust":[{"kind":"trim","uper":2}],` + request + `}`, "bad_case", "uper"},
		"column not there":  {`{"data":"d","design":{"strata":["g"],"weights":"w"},` + request + `}`, "bad_data", "no column g"},
		"text for a number": {`{"data":"d",` + design + `,"request":{"stat":"mean","vars":["h"]}}`, "bad_data", "column h"},
		"text for a weight": {`{"data":"d","design":{"weights":"h"},` + request + `}`, "bad_data", "column h"},
		"single unit":       {`{"data":"d","design":{"strata":["lone"],"weights":"w"},` + request + `}`, "lonely_psu", "stratum 2"},
		"jackknife of one":  {`{"data":"d","design":{"strata":["lone"],"weights":"w","replicates":{"type":"JKn","mse":true}},` + request + `}`, "lonely_psu", "2 (1)"},
		"odd half-samples":  {`{"data":"d","design":{"strata":["h"],"weights":"w","replicates":{"type":"BRR"}},` + request + `}`, "bad_case", "a (3), b (3)"},
		"replicated waves":  {`{"data":"d","design":{"weights":"w","replicates":{"type":"JK1"}},"request":{"stat":"wave_change","vars":["y"]}}`, "bad_case", "wave_change"},
		"not nested":        {`{"data":"d","design":{"ids":["kommune"],"strata":["h"],"weights":"w"},` + request + `}`, "not_nested", "unit 147"},
		"fpc":               {`{"data":"d","design":{"strata":["h"],"fpc":["few"],"weights":"w"},` + request + `}`, "fpc_too_small", "stratum b"},
		"empty cell": {`{"data":"d",` + design + `,"adjust":[{"kind":"poststratify","vars":["h"],"totals":[{"level":{"h":"a"},"total":9},{"level":{"h":"b"},"total":9},{"level":{"h":"c"},"total":9}]}],` + request + `}`,
			"cell_empty", "h=c"},
		"margins apart": {`{"data":"d",` + design + `,"adjust":[{"kind":"rake","margins":[{"vars":["h"],"totals":[{"level":{"h":"a"},"total":4},{"level":{"h":"b"},"total":5}]},{"vars":["kommune"],"totals":[{"level":{"kommune":101},"total":4},{"level":{"kommune":147},"total":6}]}]}],` + request + `}`,
			"margins_inconsistent", "kommune"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := casefile.Solve(t.Context(), strings.NewReader(c.text), small)
			checkError(t, err, c.code)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}

func TestAnswerIsPrintedAsAgreed(t *testing.T) {
	const text = `{"id":"x","data":"d","made_with":{},"expect_anything":1,"design":{"strata":["h"],"weights":"w"},
		"request":{"stat":"total","vars":["y"],"by":["kommune"],"options":{"df":"domain"}}}`
	answer, err := casefile.Solve(t.Context(), strings.NewReader(text), small)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`{"id":"x","rows":[{"by":{"kommune":101},"item":"y","estimate":1,"se":`, `"df":1,"n":3}`, `"warnings":[]`} {
		if !bytes.Contains(printed, []byte(part)) {
			t.Errorf("%s is not in %s", part, printed)
		}
	}
	var weights bytes.Buffer
	if err := answer.Weights.WriteCSV(&weights); err != nil || !strings.HasPrefix(weights.String(), "row,weight\n1,1\n2,2\n") {
		t.Errorf("%v, %q", err, weights.String())
	}
	refusal, err := casefile.Refusal("x", &casefile.Error{Code: "lonely_psu", Message: "stratum 2"})
	if err != nil || string(refusal) != `{"id":"x","error":{"code":"lonely_psu","message":"stratum 2"}}` {
		t.Errorf("%v, %s", err, refusal)
	}
}

// A refused case still carries its id.
func TestIDSurvivesRefusal(t *testing.T) {
	answer, err := casefile.Solve(t.Context(), strings.NewReader(`{"id":"case 7","what":1}`), small)
	if err == nil || answer.ID != "case 7" {
		t.Errorf("id %q, error %v", answer.ID, err)
	}
}

// FuzzCase feeds the reader whatever comes: it answers or refuses with a code,
// and never panics.
func FuzzCase(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join(ref, "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		var c map[string]json.RawMessage
		if err := json.Unmarshal(text, &c); err != nil {
			f.Fatal(err)
		}
		delete(c, "expect")
		short, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(short))
	}
	f.Add(`{"data":"d","design":{"ids":["row","y"],"strata":["h","h"],"fpc":["w","w"],"weights":null},"request":{"stat":"quantile","vars":["y"],"options":{"probs":0.5,"df":3}}}`)
	f.Add(`{"data":"d","design":{"weights":"w"},"request":{"stat":"chisq","vars":["h","y"]}}`)
	f.Add(`{"data":"d","design":{"weights":"w"},"request":{"stat":"linear","model":{"outcome":"y","factors":{"h":["a","b"]},"numeric":["w"],"interactions":["h:w"]}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		answer, err := casefile.Solve(t.Context(), strings.NewReader(text), small)
		var refused *casefile.Error
		if err != nil && (!errors.As(err, &refused) || refused.Code == "") {
			t.Fatalf("an error without a code: %v", err)
		}
		if _, err := json.Marshal(answer); err != nil {
			t.Fatalf("an answer that cannot be printed: %v", err)
		}
	})
}
