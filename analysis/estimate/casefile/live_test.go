package casefile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"barometer/analysis/duck"
	"barometer/analysis/estimate/casefile"
	"barometer/internal/testenv"
	"barometer/survey/microdata"
)

// liveDesigns are the designs of the samples, as R's documentation gives them,
// with replicates made and weights calibrated to what is known of all schools.
var liveDesigns = map[string]string{
	"apistrat": `"data":"apistrat.csv","design":{"strata":["stype"],"fpc":["fpc"],"weights":"pw"}`,
	"apiclus1": `"data":"apiclus1.csv","design":{"ids":["dnum"],"fpc":["fpc"],"weights":"pw"}`,
	"apiclus2": `"data":"apiclus2.csv","design":{"ids":["dnum","snum"],"fpc":["fpc1","fpc2"],"weights":null}`,
	"jkn":      `"data":"apistrat.csv","design":{"strata":["stype"],"weights":"pw","replicates":{"type":"JKn","mse":true}}`,
	"sizes":    `"data":"apistrat.csv","design":{"weights":"size_weight"}`,
	"alone":    `"data":"apistrat.csv","design":{"strata":["alone"],"weights":"pw","lonely_psu":"adjust","replicates":{"type":"JKn","mse":true}}`,
	"jk1": `"data":"apiclus1.csv","design":{"ids":["dnum"],"weights":"pw","replicates":{"type":"JK1","mse":false}},
		"adjust":[{"kind":"poststratify","vars":["stype"],"totals":[{"level":{"stype":"E"},"total":4421},{"level":{"stype":"H"},"total":755},{"level":{"stype":"M"},"total":1018}]}]`,
	"chain": `"data":"apistrat.csv","design":{"strata":["stype"],"weights":"pw"},
		"adjust":[{"kind":"calibrate","method":"linear","constraints":[{"total":6194},{"where":{"stype":"H"},"total":755},{"where":{"stype":"M"},"total":1018},{"value":"enroll","total":3811472}]},
			{"kind":"calibrate","method":"raking","constraints":[{"where":{"awards":"No"},"total":2027},{"where":{"awards":"Yes"},"total":4167}]}]`,
}

// TestAgainstRLive exports real data from R's survey package, has R and this
// program estimate the same things in the same run, and compares.
func TestAgainstRLive(t *testing.T) {
	rscript := testenv.NeedR(t, "survey", "MASS", "jsonlite")
	dir := t.TempDir()
	out, err := exec.Command(rscript, "testdata/live/api.R", dir).Output()
	if err != nil {
		t.Fatalf("R: %v", err)
	}
	var want []struct {
		Sample, Stat, By, Item string
		Estimate, SE           float64
		Low                    float64 `json:"ci_low"`
		High                   float64 `json:"ci_high"`
		N                      float64
	}
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	load := func(ctx context.Context, path string, columns []string) (*microdata.Data, error) {
		return duck.ReadData(ctx, filepath.Join(dir, path), columns...)
	}
	if len(want) < 100 {
		t.Fatalf("R gave only %d answers", len(want))
	}
	tolerance := casefile.Tolerance{Rel: 1e-8, Abs: 1e-10}
	answers := make(map[string]*casefile.Answer)
	for _, w := range want {
		variable, _, _ := strings.Cut(w.Item, "=")
		vars := strings.Join(strings.Split(variable, "/"), `","`)
		by := `[]`
		if w.By != "" {
			by = `["stype"]`
		}
		request := fmt.Sprintf(`{"id":"live",%s,"request":{"stat":%q,"vars":["%s"],"by":%s,"options":{"df":50}}}`,
			liveDesigns[w.Sample], w.Stat, vars, by)
		if answers[request] == nil {
			answer, err := casefile.Solve(t.Context(), strings.NewReader(request), load)
			if err != nil {
				t.Fatalf("%s: %v", request, err)
			}
			answers[request] = answer
		}
		row, ok := find(answers[request], w.Item, w.By)
		if !ok {
			t.Errorf("%s %s of %s in %q: no row", w.Sample, w.Stat, w.Item, w.By)
			continue
		}
		for key, value := range map[string]float64{"estimate": w.Estimate, "se": w.SE, "ci_low": w.Low, "ci_high": w.High, "n": w.N} {
			if got, _ := row.Figure(key); !near(got, value, tolerance) {
				t.Errorf("%s %s of %s in %q: %s = %.15g, R has %.15g", w.Sample, w.Stat, w.Item, w.By, key, got, value)
			}
		}
	}
}

func find(a *casefile.Answer, item, by string) (casefile.Row, bool) {
	for _, r := range a.Rows {
		if r.Item == item && (by == "" && len(r.By) == 0 || len(r.By) == 1 && r.By[0].Level == by) {
			return r, true
		}
	}
	return casefile.Row{}, false
}
