package main

import (
	"errors"
	"fmt"
	"io/fs"

	"barometer/analysis/disclosure"
	"barometer/analysis/indicator"
	"barometer/analysis/smallarea"
	"barometer/analysis/table"
	"barometer/survey/codebook"
	"barometer/survey/frame"
)

const (
	// modelsFile holds the model-based figures, where the catalogue asks for any.
	modelsFile = "models.json"
	// areasFile holds covariates of areas from elsewhere, beside the catalogue. A
	// wave may do without.
	areasFile = "areas.csv"
)

// modelInputs lists the files that model-based figures are made from beside
// the table.
func (w *wave) modelInputs() map[string]string {
	inputs := map[string]string{"frame": w.path("frame.csv")}
	if w.has(areasFile) {
		inputs["area file"] = w.path(areasFile)
	}
	return inputs
}

// model fits the catalogue's small-area models to the table.
func (w *wave) model(t *table.Table, catalogue *indicator.Catalogue) (*table.Models, error) {
	f, err := load(w.path("frame.csv"), frame.Read)
	if err != nil {
		return nil, err
	}
	policy, err := load(w.path("disclosure.yaml"), disclosure.LoadPolicy)
	if err != nil {
		return nil, err
	}
	areas, err := load(w.path(areasFile), smallarea.ReadAreas)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	population := smallarea.Population[frame.Unit]{Units: f.Units, Level: frameLevel, Number: frameNumber, Min: policy.Confidential.MinPopulation}
	covariates := make([]map[string][]float64, len(catalogue.SmallAreas))
	for i, plan := range catalogue.SmallAreas {
		if covariates[i], err = smallarea.Covariates(plan, t.Breakdown(plan.Breakdown), population, areas); err != nil {
			return nil, fmt.Errorf("%s: small_areas: %w", w.path("indicators.yaml"), err)
		}
	}
	models, err := smallarea.Beside(t, catalogue.SmallAreas, covariates)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.path("indicators.yaml"), err)
	}
	return models, nil
}

// models reads the wave's model-based figures, nil where the catalogue asks for
// none.
func (w *wave) models() (*table.Models, error) {
	m, err := load(w.archive.Path(modelsFile), readJSON[*table.Models])
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return m, err
}

// frameLevel returns the code of a workplace in a column that the frame is
// classified by.
func frameLevel(u frame.Unit, column string) (string, bool) {
	switch column {
	case "sector":
		return u.Sector, true
	case "subsector":
		return u.Subsector, true
	case "region":
		return u.Region, true
	case "size":
		return codebook.SizeOf(u.Employees), true
	}
	return "", false
}

// frameNumber returns a number that the frame knows of a workplace.
func frameNumber(u frame.Unit, column string) (float64, bool) {
	if column == "employees" {
		return float64(u.Employees), true
	}
	return 0, false
}
