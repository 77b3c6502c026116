package main

import (
	"context"
	"fmt"
	"os"

	"barometer/analysis/duck"
	"barometer/analysis/estimate"
	"barometer/analysis/impute"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/survey/microdata"
	"barometer/survey/response"
	"barometer/weighting/design"
)

const (
	// imputationFile asks for imputation. A wave without it imputes nothing.
	imputationFile = "imputation.yaml"
	// imputedFile holds the variables of every completed data set.
	imputedFile = "imputed.parquet"
)

// has reports whether the wave's folder has a file that it may do without.
func (w *wave) has(name string) bool {
	_, err := os.Stat(w.path(name))
	return err == nil
}

// completion is the wave's data with missing answers imputed, and the
// variables of each completed set.
type completion struct {
	*impute.Completed
	variables []*microdata.Data
}

// flags are the columns that say which answers are imputed; none where nothing
// is.
func (c *completion) flags() []microdata.Column {
	if c == nil {
		return nil
	}
	return impute.Flags(c.Sets[0])
}

// impute completes the answers of the workplaces that answered the whole
// questionnaire, nil where the wave does not ask for it.
func (w *wave) impute(joined *microdata.Data, spec design.Spec, formulas []indicator.Formula) (*completion, error) {
	if !w.has(imputationFile) {
		return nil, removeIfThere(w.archive.Path(imputedFile))
	}
	recipe, err := load(w.path(imputationFile), impute.ReadRecipe)
	if err != nil {
		return nil, err
	}
	disposition, err := joined.Column("disposition")
	if err != nil {
		return nil, err
	}
	done, err := recipe.Complete(joined, "unit", spec.Weight, func(row int) bool { return disposition.Level(row) == string(response.Complete) })
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.path(imputationFile), err)
	}
	c := &completion{Completed: done}
	for _, set := range done.Sets {
		data, err := variables(set, spec, formulas)
		if err != nil {
			return nil, err
		}
		c.variables = append(c.variables, data)
	}
	return c, nil
}

// request is what is estimated, and by which design.
type request struct {
	spec     design.Spec
	reps     *estimate.Replicates // nil = linearised
	formulas []indicator.Formula
	domains  []table.Domain
}

// estimate estimates in every completed data set, combines the
// estimates, notes with each indicator how many answers are imputed, and writes
// the completed variables.
func (c *completion) estimate(ctx context.Context, w *wave, given []estimate.Estimate, data *microdata.Data, r request) ([]estimate.Estimate, error) {
	sets := make([][]estimate.Estimate, len(c.variables))
	for k, v := range c.variables {
		var err error
		if sets[k], err = indicator.EstimateBy(ctx, estimate.FromData(v), r.spec, r.reps, r.formulas, r.domains); err != nil {
			return nil, fmt.Errorf("completed data set %d: %w", k+1, err)
		}
	}
	if err := indicator.NoteImputed(r.formulas, data, c.variables[0], len(sets)); err != nil {
		return nil, err
	}
	stacked, err := indicator.Stack(r.formulas, c.variables)
	if err != nil {
		return nil, err
	}
	if err := duck.WriteData(ctx, w.archive.Path(imputedFile), stacked, nil); err != nil {
		return nil, err
	}
	return indicator.Combine(given, sets, r.formulas)
}
