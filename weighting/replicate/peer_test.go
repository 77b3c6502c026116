package replicate

import (
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"testing"

	"barometer/internal/testenv"
)

const peerScript = `
suppressMessages({library(survey); library(jsonlite)})
out <- lapply(c(%s), function(H) {
  d <- data.frame(h = sprintf("%%03d", rep(seq_len(H), each = 2)), p = seq_len(2 * H), w = 1)
  r <- as.svrepdesign(svydesign(ids = ~p, strata = ~h, weights = ~w, data = d), type = "Fay", fay.rho = 0.3, compress = FALSE)
  list(weights = unname(unclass(as.matrix(r$repweights))), scale = r$scale)
})
cat(toJSON(out, digits = NA, auto_unbox = TRUE))
`

// TestPeerHalfSamples: R's survey package makes the same half-samples for the
// orders it and this package construct alike, so that estimates that are not
// linear agree as well.
func TestPeerHalfSamples(t *testing.T) {
	rscript := testenv.NeedR(t, "survey", "MASS", "jsonlite")
	out, err := exec.Command(rscript, "-e", fmt.Sprintf(peerScript, "1, 3, 5, 9, 13, 17, 21, 41")).Output()
	if err != nil {
		t.Fatal(err)
	}
	var peers []struct {
		Weights [][]float64 `json:"weights"`
		Scale   float64     `json:"scale"`
	}
	if err := json.Unmarshal(out, &peers); err != nil {
		t.Fatal(err)
	}
	for _, peer := range peers {
		strata := len(peer.Weights) / 2
		d := makeDesign(make([]int, strata), nil)
		for unit := range peer.Weights {
			d.Stratum = append(d.Stratum, int32(unit/2))
		}
		set, err := New(Plan{Kind: Fay, Rho: 0.3}, d.Units)
		if err != nil {
			t.Fatal(err)
		}
		if set.Count() != len(peer.Weights[0]) || math.Abs(set.Scale-peer.Scale) > 1e-14 {
			t.Errorf("%d strata: %d replicates, scale %v; R has %d, %v", strata, set.Count(), set.Scale, len(peer.Weights[0]), peer.Scale)
			continue
		}
		compare(t, strata, set, peer.Weights)
	}
}

func compare(t *testing.T, strata int, set *Set, weights [][]float64) {
	t.Helper()
	factor := make([]float64, len(weights))
	for r := range set.Count() {
		set.Factors(r, factor)
		for unit, f := range factor {
			if math.Abs(f-weights[unit][r]) > 1e-12 {
				t.Errorf("%d strata: unit %d of replicate %d has factor %v, in R %v", strata, unit+1, r+1, f, weights[unit][r])
				return
			}
		}
	}
}
