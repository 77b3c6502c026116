package casefile_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"barometer/analysis/duck"
	"barometer/analysis/estimate/casefile"
	"barometer/survey/microdata"
)

// The same sample as CSV and as Parquet gives the same answer to the last bit,
// levels that are numbers included.
func TestParquetAnswersAsCSVDoes(t *testing.T) {
	const text = `{"id":"x","data":"data/barometer.csv","design":{"strata":["stratum"],"weights":"w"},
		"request":{"stat":"total","vars":["innov","fte"],"by":["sector","innov"]}}`
	path := filepath.Join(t.TempDir(), "sample.parquet")
	sample, err := load(t.Context(), "data/barometer.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := duck.WriteData(t.Context(), path, sample, nil); err != nil {
		t.Fatal(err)
	}
	fromParquet := func(ctx context.Context, _ string, columns []string) (*microdata.Data, error) {
		return duck.ReadData(ctx, path, columns...)
	}
	var printed [2]string
	for i, load := range []casefile.Loader{load, fromParquet} {
		answer, err := casefile.Solve(t.Context(), strings.NewReader(text), load)
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		printed[i] = string(out)
	}
	if printed[0] != printed[1] || !strings.Contains(printed[0], `"innov":1`) {
		t.Errorf("from CSV %s\nfrom Parquet %s", printed[0], printed[1])
	}
}
