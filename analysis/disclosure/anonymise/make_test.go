package anonymise_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"barometer/analysis/disclosure/anonymise"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

// trueDesign is the design of the waves these tests make.
var trueDesign = design.Spec{Strata: []string{"class"}, FPC: []string{"class_n"}, Weight: "weight", Lonely: design.Remove}

// cellCounts counts the records of each combination of columns.
func cellCounts(t testing.TB, d *microdata.Data, names ...string) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	for i := range d.Rows() {
		var key []string
		for _, name := range names {
			c := must(d.Column(name))(t)
			if c.IsNumeric() {
				key = append(key, fmt.Sprint(c.Number[i]))
			} else {
				key = append(key, c.Level(i))
			}
		}
		counts[strings.Join(key, "|")]++
	}
	return counts
}

// Whatever the wave, every combination of what could be known of a workplace
// from outside is shared by k records, weight and pseudo-design included.
func TestEveryCellHoldsAtLeastKRecords(t *testing.T) {
	for seed := range uint64(15) {
		for _, response := range []float64{0.12, 0.36, 0.8} {
			w, weights := wave(t, seed, response)
			p := anonymise.Public()
			p.K = 3 + int(seed%5)
			f, err := anonymise.Make(w, weights, p, seed)
			if err != nil {
				if strings.Contains(err.Error(), "leave the sector out") && response < 0.2 {
					continue
				}
				t.Fatalf("seed %d, response %v: %v", seed, response, err)
			}
			counts := cellCounts(t, f.Data, "sector", "subsector", "size", "region", "weight", "pseudo_stratum", "pseudo_fpc")
			smallest := math.MaxInt
			for cell, n := range counts {
				smallest = min(smallest, n)
				if n < p.K {
					t.Errorf("seed %d, response %v: cell %s has %d records, fewer than %d", seed, response, cell, n, p.K)
				}
			}
			if f.Report.Smallest != smallest || f.Report.Cells != len(counts) {
				t.Errorf("seed %d: the report says %d cells of %d records and more, there are %d of %d", seed, f.Report.Cells, f.Report.Smallest, len(counts), smallest)
			}
		}
	}
}

func TestNothingButTheNamedColumnsPasses(t *testing.T) {
	w, weights := wave(t, 1, 0.36)
	f := must(anonymise.Make(w, weights, anonymise.Public(), 1))(t)
	var names []string
	for i, c := range f.Data.Columns() {
		names = append(names, c.Name)
		if f.Codebook.Variables[i].Name != c.Name {
			t.Errorf("column %d is %s, described as %s", i, c.Name, f.Codebook.Variables[i].Name)
		}
	}
	want := []string{"record", "sector", "subsector", "size", "region", "weight", "pseudo_stratum", "pseudo_fpc", "innov", "c4", "b6"}
	if !slices.Equal(names, want) {
		t.Errorf("columns %v, want %v", names, want)
	}
	written, err := json.Marshal(struct {
		Book codebook.Codebook
		Data []microdata.Column
	}{f.Codebook, jsonable(f.Data)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.Rows() {
		unit := must(w.Column("unit"))(t)
		if bytes.Contains(written, []byte(unit.Level(i))) {
			t.Fatalf("the unit key %s is in the file", unit.Level(i))
		}
	}
}

// jsonable replaces missing numbers, which JSON cannot hold.
func jsonable(d *microdata.Data) []microdata.Column {
	columns := slices.Clone(d.Columns())
	for i := range columns {
		columns[i].Number = slices.Clone(columns[i].Number)
		for j, x := range columns[i].Number {
			if math.IsNaN(x) {
				columns[i].Number[j] = -1
			}
		}
	}
	return columns
}

// Every respondent is there once with the answers given, and nobody else.
func TestAnswersAreThoseOfTheRespondents(t *testing.T) {
	w, weights := wave(t, 2, 0.36)
	f := must(anonymise.Make(w, weights, anonymise.Public(), 1))(t)
	respondents := 0
	want := make(map[string]int)
	disposition, novelty, innov := must(w.Column("disposition"))(t), must(w.Column("c4"))(t), must(w.Column("innov"))(t)
	for i := range w.Rows() {
		if disposition.Level(i) == "complete" {
			respondents++
			want[fmt.Sprint(innov.Number[i], novelty.Level(i), novelty.Reason[i])]++
		}
	}
	got := make(map[string]int)
	novelty, innov = must(f.Data.Column("c4"))(t), must(f.Data.Column("innov"))(t)
	for i := range f.Data.Rows() {
		got[fmt.Sprint(innov.Number[i], novelty.Level(i), novelty.Reason[i])]++
	}
	if f.Data.Rows() != respondents || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d records with answers %v, want %d with %v", f.Data.Rows(), got, respondents, want)
	}
}

func TestSeedDecidesIdsAndOrderAndNothingElse(t *testing.T) {
	w, weights := wave(t, 3, 0.36)
	released := func(seed uint64) *anonymise.File {
		return must(anonymise.Make(w, weights, anonymise.Public(), seed))(t)
	}
	a, b, c := released(7), released(7), released(8)
	ids := func(f *anonymise.File) []string { return must(f.Data.Column("record"))(t).Levels }
	if !slices.Equal(ids(a), ids(b)) || !slices.Equal(must(a.Data.Column("c4"))(t).Code, must(b.Data.Column("c4"))(t).Code) {
		t.Error("one seed gives two files")
	}
	if slices.Equal(must(a.Data.Column("c4"))(t).Code, must(c.Data.Column("c4"))(t).Code) {
		t.Error("two seeds give one order of records")
	}
	for _, id := range ids(c) {
		if slices.Contains(ids(a), id) {
			t.Errorf("record %s is in the files of two seeds", id)
		}
	}
	if !slices.IsSorted(ids(a)) {
		t.Error("records do not stand in the order of their ids")
	}
	names := []string{"subsector", "size", "region", "weight", "innov", "c4"}
	if x, y := cellCounts(t, a.Data, names...), cellCounts(t, c.Data, names...); fmt.Sprint(x) != fmt.Sprint(y) {
		t.Error("the seed changes more than ids and order")
	}
}

// The order of records must tell nothing: with the wave sorted by subsector,
// neighbours in the file share one no more often than chance.
func TestOrderOfRecordsTellsNothing(t *testing.T) {
	w, weights := wave(t, 4, 0.36)
	f := must(anonymise.Make(w, weights, anonymise.Public(), 1))(t)
	subsector := must(f.Data.Column("subsector"))(t)
	n := float64(f.Data.Rows())
	expected, same := 0.0, 0.0
	for _, count := range cellCounts(t, f.Data, "subsector") {
		expected += float64(count) / n * float64(count-1)
	}
	for i := 1; i < f.Data.Rows(); i++ {
		if subsector.Code[i] == subsector.Code[i-1] {
			same++
		}
	}
	if math.Abs(same-expected) > 5*math.Sqrt(expected) {
		t.Errorf("%v neighbours of one subsector, %v expected by chance", same, expected)
	}
}

func TestPseudoDesignKeepsThePrecisionOfTheTrueOne(t *testing.T) {
	for seed := range uint64(10) {
		w, weights := wave(t, seed, 0.36)
		f := must(anonymise.Make(w, weights, anonymise.Public(), seed))(t)
		if err := f.Assess(t.Context(), w, weights, trueDesign); err != nil {
			t.Fatal(err)
		}
		p := f.Report.Precision
		if p.Shares != 2 || p.MedianRatio < 0.95 || p.MedianRatio > 1.05 || p.LargestShift > 0.004 {
			t.Errorf("seed %d: precision %+v", seed, *p)
		}
		if r := f.Report; math.Abs(r.WeightAfter/r.WeightBefore-1) > 1e-3 {
			t.Errorf("seed %d: weights add to %v, to %v before", seed, r.WeightAfter, r.WeightBefore)
		}
		if seed == 0 {
			t.Logf("precision %+v", *p)
		}
	}
}

func TestWhatCannotBeAnonymisedIsRefused(t *testing.T) {
	cases := []struct {
		name   string
		change func(w *microdata.Wave, weights *microdata.Data, p *anonymise.Policy)
		want   string
	}{
		{"k of one", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { p.K = 1 }, "k is 1"},
		{"no policy", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { *p = anonymise.Policy{} }, "no policy is given"},
		{"no l for sensitive answers", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { p.L = 0 }, "l is 0"},
		{"sensitive variable that is not there", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { p.Sensitive = []string{"b9"} }, "the policy calls b9 sensitive: no column b9"},
		{"too many replicates", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { p.Replicates = 1001 }, "1001 replicate weights"},
		{"more than there are", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { p.K = 1 << 20 }, "fewer than 1048576"},
		{"sector too small", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { p.K = 200 }, "sector region has"},
		{"respondent without a weight", func(_ *microdata.Wave, weights *microdata.Data, _ *anonymise.Policy) {
			clear(weights.Columns()[1].Number)
		}, "the respondent has no weight"},
		{"two counts of one class", func(_ *microdata.Wave, weights *microdata.Data, _ *anonymise.Policy) {
			n := weights.Columns()[3].Number
			for i := range n {
				n[i] += float64(i)
			}
		}, "class K-DAG.1-19 counts both"},
		{"region of no part", func(_ *microdata.Wave, _ *microdata.Data, p *anonymise.Policy) { p.Parts = p.Parts[:1] }, "lies in no part"},
		{"answer that is an exact number", func(w *microdata.Wave, _ *microdata.Data, _ *anonymise.Policy) {
			w.Codebook.Variables[7].Kind = codebook.Numeric
		}, "variable innov holds exact values"},
		{"background missing", func(w *microdata.Wave, _ *microdata.Data, _ *anonymise.Policy) {
			c := must(w.Column("region"))(t)
			for i := range c.Code {
				c.Code[i] = -1
			}
		}, "sector, subsector, size or region is missing"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, weights := wave(t, 5, 0.36)
			p := anonymise.Public()
			c.change(w, weights, &p)
			if _, err := anonymise.Make(w, weights, p, 1); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}
