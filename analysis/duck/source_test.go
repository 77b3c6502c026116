package duck

import (
	"math"
	"path/filepath"
	"testing"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// A Parquet file and the same data in memory are the same source, to the bit:
// stripes, lanes and the order of additions do not depend on the storage.
func TestParquetAndMemoryGiveTheSameBits(t *testing.T) {
	data := big(t, 3*batch/2+777)
	path := filepath.Join(t.TempDir(), "d.parquet")
	if err := WriteData(t.Context(), path, data, nil); err != nil {
		t.Fatal(err)
	}
	p, err := OpenParquet(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	spec := design.Spec{Strata: []string{"h"}, Weight: "w"}
	req := estimate.Request{
		Items: []estimate.Item{{Stat: estimate.Mean, Var: "z"}, {Stat: estimate.Total, Var: "d"},
			{Stat: estimate.Ratio, Var: "z", Den: "w"}, {Stat: estimate.Share, Var: "sector", Level: "stat"}},
		Breakdowns: []estimate.Breakdown{{By: []string{"sector", "d"}}, {Where: []design.Level{{Column: "sector", Level: "region"}}}},
	}
	want, _, err := estimate.Run(t.Context(), estimate.FromData(data), spec, req)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := estimate.Run(t.Context(), p, spec, req)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d estimates from Parquet, %d from memory", len(got), len(want))
	}
	for i := range want {
		if got[i].Value != want[i].Value || got[i].SE != want[i].SE || got[i].N != want[i].N || got[i].Item != want[i].Item {
			t.Fatalf("estimate %d: %+v from Parquet, %+v from memory", i, got[i], want[i])
		}
	}
}

// Bits are a faster way to the same sums.
func TestBitsAgreeWithNumbers(t *testing.T) {
	data := big(t, 200_000)
	y, err := data.Column("y")
	if err != nil {
		t.Fatal(err)
	}
	tripled := make([]float64, len(y.Number))
	for i, x := range y.Number {
		tripled[i] = 3 * x // no bits any more
	}
	if err := data.Add(microdata.Numbers("y3", tripled)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "d.parquet")
	if err := WriteData(t.Context(), path, data, nil); err != nil {
		t.Fatal(err)
	}
	p, err := OpenParquet(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	got, _, err := estimate.Run(t.Context(), p, design.Spec{Strata: []string{"h"}, Weight: "w"}, estimate.Request{
		Items:      []estimate.Item{{Stat: estimate.Mean, Var: "y"}, {Stat: estimate.Mean, Var: "y3"}},
		Breakdowns: []estimate.Breakdown{{By: []string{"d"}}}, Deff: estimate.WR})
	if err != nil {
		t.Fatal(err)
	}
	half := len(got) / 2
	for i, e := range got[:half] {
		other := got[half+i]
		for what, pair := range map[string][2]float64{"value": {3 * e.Value, other.Value}, "se": {3 * e.SE, other.SE},
			"deff": {e.Deff, other.Deff}, "n": {float64(e.N), float64(other.N)}, "positive": {float64(e.Positive), float64(other.Positive)}} {
			if math.Abs(pair[0]-pair[1]) > 1e-11*math.Abs(pair[1]) {
				t.Errorf("domain %d: %s %v from bits, %v from numbers", i, what, pair[0], pair[1])
			}
		}
	}
}
