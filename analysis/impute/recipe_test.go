package impute_test

import (
	"strings"
	"testing"

	"barometer/analysis/impute"
	"barometer/survey/microdata"
)

func TestRecipesThatAreRefused(t *testing.T) {
	const plan = "plans: [{variables: [answer]}]\n"
	for text, says := range map[string]string{
		"sets: 1\n" + plan:     "from 2 to 200",
		plan:                   "from 2 to 200",
		"sets: 5\nplans: []\n": "there are none",
		"sets: 5\nplans: [{variables: [answer], seed: 3}]\n": "plan 1: weight, unit and seed",
		"sets: 5\nset: 3\n" + plan:                           "set",
	} {
		_, err := impute.ReadRecipe(strings.NewReader(text), "imputation.yaml")
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "imputation.yaml") {
			t.Errorf("%q: error %v does not say %q and name the file", text, err, says)
		}
	}
}

// A recipe's plans are carried out one after the other in every set; rows not in
// use neither give nor receive; set k does not depend on how many there are.
func TestRecipeCompletesEverySet(t *testing.T) {
	data := makeAnswers(300, 4).data(t)
	read := func(sets string) *impute.Recipe {
		r, err := impute.ReadRecipe(strings.NewReader("sets: "+sets+"\nseed: 9\nplans:\n  - {variables: [answer], within: [sector], min_donors: 3}\n  - {variables: [hours], classes: [answer]}\n"), "imputation.yaml")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	complete := func(sets string) []*microdata.Data {
		done, err := read(sets).Complete(data, "key", "w", func(row int) bool { return row%5 != 0 })
		if err != nil {
			t.Fatal(err)
		}
		return done.Sets
	}
	three, five := complete("3"), complete("5")
	if len(three) != 3 || len(five) != 5 {
		t.Fatalf("%d and %d sets", len(three), len(five))
	}
	differ := false
	for k := range three {
		for _, name := range []string{"answer", "hours"} {
			was, _ := data.Column(name)
			is, _ := three[k].Column(name)
			more, _ := five[k].Column(name)
			first, _ := three[0].Column(name)
			for row := range data.Rows() {
				if value(is, row) != value(more, row) {
					t.Fatalf("set %d, row %d of %s depends on the number of sets", k+1, row+1, name)
				}
				if row%5 == 0 && was.Missing(row) != is.Missing(row) {
					t.Fatalf("set %d, row %d of %s is imputed and not in use", k+1, row+1, name)
				}
				differ = differ || value(is, row) != value(first, row)
			}
		}
	}
	if flags := impute.Flags(three[0]); len(flags) != 2 || !differ {
		t.Errorf("%d flag columns; sets differ: %t", len(flags), differ)
	}
}

func value(c *microdata.Column, row int) any {
	switch {
	case c.Missing(row):
		return nil
	case c.IsNumeric():
		return c.Number[row]
	}
	return c.Level(row)
}

func FuzzReadRecipe(f *testing.F) {
	f.Add("sets: 5\nseed: 1\nplans:\n  - {variables: [c4], within: [sector], classes: [size], min_donors: 5}\n")
	f.Add("sets: -1\nplans: {}\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := impute.ReadRecipe(strings.NewReader(text), "imputation.yaml"); err == nil && (r.Sets < 2 || len(r.Plans) == 0) {
			t.Errorf("%q is taken as %+v", text, r)
		}
	})
}
