package smallarea_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/smallarea"
	"barometer/internal/testenv"
)

// TestAgainstRLive has R solve the model from its textbook formulas with full
// matrices (testdata/fh.R) and compares every number. The predictor and the
// mean squared error are linear or better in σ², which the likelihood of a flat
// peak determines to fewer digits than the rest.
func TestAgainstRLive(t *testing.T) {
	rscript := testenv.NeedR(t, "jsonlite")
	sets := liveSets(t)
	names := slices.Sorted(maps.Keys(sets))
	args := []string{filepath.Join("testdata", "fh.R")}
	for i, name := range names {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("%d.csv", i))
		if err := os.WriteFile(path, []byte(asCSV(sets[name].areas)), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.Command(rscript, args...).Output()
	if err != nil {
		t.Fatalf("R: %v", err)
	}
	var peers []peer
	if err := json.Unmarshal(out, &peers); err != nil || len(peers) != 2*len(sets) {
		t.Fatalf("R gave %d answers: %v", len(peers), err)
	}
	for i, name := range names {
		for k, method := range []smallarea.Method{smallarea.REML, smallarea.Moment} {
			m := sets[name].model
			m.Method = method
			peers[2*i+k].compare(t, name+", "+string(method), fit(t, sets[name].areas, m))
		}
	}
}

// peer is what testdata/fh.R prints of one file and method.
type peer struct {
	Between, LogLik float64
	Variance        float64 `json:"between_var"`
	Beta            []float64
	BetaSE          []float64 `json:"beta_se"`
	Est, MSE        []float64
	Residual        []float64
}

func (p *peer) compare(t *testing.T, name string, res *smallarea.Result) {
	t.Helper()
	near := func(what string, got, want float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 1e-8*math.Abs(want)+1e-12) {
			t.Errorf("%s: %s is %.15g, in R %.15g", name, what, got, want)
		}
	}
	near("variance between areas", res.Between, p.Between)
	near("its standard error", res.BetweenSE, math.Sqrt(p.Variance))
	near("log-likelihood", res.LogLik, p.LogLik)
	for j, c := range res.Coefficients {
		near("coefficient "+c.Name, c.Value, p.Beta[j])
		near("standard error of "+c.Name, c.SE, p.BetaSE[j])
	}
	var residuals []float64
	for i, e := range res.Estimates {
		if !e.Synthetic {
			residuals = append(residuals, e.Residual)
		}
		near(fmt.Sprintf("estimate %d", i+1), e.Value, p.Est[i])
		near(fmt.Sprintf("mean squared error %d", i+1), e.MSE, p.MSE[i])
	}
	for i, r := range residuals {
		near(fmt.Sprintf("residual %d", i+1), r, p.Residual[i])
	}
}

type liveSet struct {
	areas []smallarea.Area
	model smallarea.Model
}

func liveSets(t *testing.T) map[string]liveSet {
	r := rand.New(rand.NewPCG(5, 6))
	made := func(m int, between, lowest, highest float64, empty int) (areas []smallarea.Area) {
		for i := range m {
			x, z := r.Float64(), r.NormFloat64()
			se := math.Sqrt(lowest * math.Pow(highest/lowest, r.Float64()))
			y := 1 + 2*x - z + math.Sqrt(between)*r.NormFloat64() + se*r.NormFloat64()
			n := 5
			if i < empty {
				n, y, se = 0, math.NaN(), math.NaN()
			}
			areas = append(areas, area(i, n, y, se, 1, x, z))
		}
		return areas
	}
	three := smallarea.Model{Covariates: []string{"intercept", "x", "z"}}
	return map[string]liveSet{
		"milk":                         {milk(t), milkModel},
		"five areas without sample":    {made(60, 1, 0.2, 3, 5), three},
		"variances a thousandfold":     {made(45, 0.5, 0.01, 10, 2), three},
		"few areas":                    {made(8, 1, 0.5, 2, 0), three},
		"no variance between areas":    {made(40, 0, 2, 6, 3), three},
		"hardly any sampling variance": {made(30, 2, 1e-4, 1e-3, 1), three},
	}
}

func asCSV(areas []smallarea.Area) string {
	var b strings.Builder
	b.WriteString("y,psi")
	for j := range areas[0].X {
		fmt.Fprintf(&b, ",x%d", j)
	}
	for _, a := range areas {
		if a.Direct.N > 0 {
			fmt.Fprintf(&b, "\n%.17g,%.17g", a.Direct.Value, a.Direct.SE*a.Direct.SE)
		} else {
			b.WriteString("\nNA,NA")
		}
		for _, x := range a.X {
			fmt.Fprintf(&b, ",%.17g", x)
		}
	}
	return b.String() + "\n"
}
