package impute

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"go.yaml.in/yaml/v4"

	"barometer/survey/microdata"
)

// Recipe is the file that asks for the imputation of a wave: plans that are
// carried out one after the other, so that a later one may take a variable of an
// earlier one for a class.
type Recipe struct {
	Sets  int    `yaml:"sets"` // completed data sets, at least 2
	Seed  uint64 `yaml:"seed"`
	Plans []Plan `yaml:"plans"`
}

// maxSets bounds the completed data sets: with more than this the Monte-Carlo
// error of the imputation is far below any sampling error.
const maxSets = 200

// ReadRecipe reads a recipe. Weight, unit and seed of a plan are the wave's and
// the recipe's own: a plan that names them is refused.
func ReadRecipe(r io.Reader, file string) (*Recipe, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var recipe Recipe
	if err := yaml.Load(text, &recipe, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := recipe.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &recipe, nil
}

func (r *Recipe) check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if r.Sets < 2 || r.Sets > maxSets {
		fault("sets: %d; give a number from 2 to %d", r.Sets, maxSets)
	}
	if len(r.Plans) == 0 {
		fault("plans: there are none; a wave without imputation has no such file")
	}
	for i, p := range r.Plans {
		if p.Weight != "" || p.Unit != "" || p.Seed != 0 {
			fault("plan %d: weight, unit and seed are those of the wave and the recipe", i+1)
		}
	}
	return errors.Join(faults...)
}

// Completed is a wave's data with the answers that were left out filled in.
type Completed struct {
	Sets   []*microdata.Data
	Counts []Count // one per variable, of the first set
}

// Complete makes the completed data sets of the rows that are in use. unit and
// weight are columns of the data; a row that use refuses neither gives nor
// receives.
func (r *Recipe) Complete(data *microdata.Data, unit, weight string, use func(row int) bool) (*Completed, error) {
	own, err := weighted(data, weight, use)
	if err != nil {
		return nil, err
	}
	done := &Completed{}
	for k := range r.Sets {
		set := own
		for _, plan := range r.Plans {
			plan.Unit, plan.Weight, plan.Seed = unit, usedWeight, r.Seed
			deck, err := New(set, plan)
			if err != nil {
				return nil, err
			}
			if k == 0 {
				done.Counts = append(done.Counts, deck.Counts...)
			}
			if set, err = deck.Set(k); err != nil {
				return nil, err
			}
		}
		done.Sets = append(done.Sets, set)
	}
	return done, nil
}

// usedWeight is the column of weights that are 0 for rows not in use.
const usedWeight = "imputation_weight"

func weighted(data *microdata.Data, weight string, use func(row int) bool) (*microdata.Data, error) {
	c, err := data.Column(weight)
	if err != nil {
		return nil, err
	}
	if !c.IsNumeric() {
		return nil, fmt.Errorf("imputation: column %s holds no weights", weight)
	}
	w := make([]float64, data.Rows())
	for row, x := range c.Number {
		if use(row) && !math.IsNaN(x) {
			w[row] = x
		}
	}
	return microdata.New(append(append([]microdata.Column{}, data.Columns()...), microdata.Numbers(usedWeight, w))...)
}

// Flags returns the columns that say which values are imputed.
func Flags(data *microdata.Data) []microdata.Column {
	var flags []microdata.Column
	for _, c := range data.Columns() {
		if strings.HasSuffix(c.Name, Flag("")) {
			flags = append(flags, c)
		}
	}
	return flags
}
