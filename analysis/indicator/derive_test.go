package indicator

import (
	"math"
	"testing"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// small is a wave of five workplaces: two innovators, one without innovation,
// one that skipped C4, one that refused.
func small(t *testing.T) (*microdata.Data, codebook.Codebook) {
	t.Helper()
	category := func(name string, values ...string) microdata.Column {
		levels := map[string][]string{
			"disposition": {"complete", "refused"}, "c4": {"foerst", "kopi"}, "k1_a": {"uenig", "enig", "ved_ikke"}, "k1_b": {"uenig", "enig", "ved_ikke"},
		}[name]
		c, err := microdata.Categories(name, levels, values)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	nan := math.NaN()
	data, err := microdata.New(
		category("disposition", "complete", "complete", "complete", "complete", "refused"),
		microdata.Numbers("innov", []float64{1, 1, 0, 1, nan}),
		category("c4", "kopi", "foerst", "", "", ""),
		category("k1_a", "enig", "uenig", "ved_ikke", "enig", ""),
		category("k1_b", "uenig", "uenig", "enig", "ved_ikke", ""),
	)
	if err != nil {
		t.Fatal(err)
	}
	var book codebook.Codebook
	for _, c := range data.Columns() {
		v := codebook.Variable{Name: c.Name, Kind: codebook.Binary}
		for i, l := range c.Levels {
			v.Kind = codebook.Categorical
			v.Codes = append(v.Codes, codebook.Code{Value: l, Number: i + 1})
		}
		book.Variables = append(book.Variables, v)
	}
	return data, book
}

func TestVariablesAreNumeratorsWithinTheBase(t *testing.T) {
	nan := math.NaN()
	complete := "${disposition} = 'complete'"
	score := &Score{Columns: []string{"k1_a", "k1_b"}, Points: map[string]float64{"uenig": 25, "enig": 75}, MinAnswered: 2}
	cases := []struct {
		name string
		d    Definition
		want []float64
	}{
		{"of all who answered", Definition{BaseID: "all", BaseWhere: complete, Numerator: "${innov} = 1"}, []float64{1, 1, 0, 1, nan}},
		{"not asked is outside", Definition{BaseID: "i", BaseWhere: complete + " and ${innov} = 1", Numerator: "${c4} = 'kopi'"}, []float64{1, 0, nan, nan, nan}},
		{"a negation of what is unknown stays unknown", Definition{BaseID: "i", BaseWhere: complete + " and ${innov} = 1", Numerator: "${c4} != 'kopi'"}, []float64{0, 1, nan, nan, nan}},
		{"score of enough answers", Definition{BaseID: "all", BaseWhere: complete, Score: score}, []float64{50, 25, nan, nan, nan}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data, book := small(t)
			formulas, err := Compile([]Definition{c.d}, book)
			if err != nil {
				t.Fatal(err)
			}
			columns, err := Derive(formulas, data)
			if err != nil {
				t.Fatal(err)
			}
			for i, got := range columns[0].Number {
				if got != c.want[i] && !(math.IsNaN(got) && math.IsNaN(c.want[i])) {
					t.Errorf("row %d: %v, want %v", i+1, got, c.want[i])
				}
			}
		})
	}
}
