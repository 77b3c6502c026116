package main

import (
	"context"
	"fmt"

	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/cmd/barometer/demo"
	"barometer/survey/frame"
	"barometer/survey/freeze"
)

// selfCheck compares every published interval of the demonstration with the
// population value, which the model behind the answers knows.
func (a *app) selfCheck(ctx context.Context, w *wave) error {
	p := a.progress("self-check")
	t, err := w.table()
	if err != nil {
		return err
	}
	truth, err := w.truth(ctx)
	if err != nil {
		return err
	}
	coverage := demo.NewCoverage()
	for _, ind := range t.Indicators() {
		for _, d := range t.Domains() {
			cell, _ := t.Cell(ind.ID, d.ID())
			if f, ok := cell.Figure(); ok && !ind.Counted {
				coverage.Add(demo.Interval{Indicator: ind.Family, Domain: d.Breakdown, N: f.N,
					Low: f.Low, High: f.High, Truth: truth[cellID{ind.ID, d.ID()}]})
			}
		}
	}
	p.done(fmt.Sprintf("%.1f %% of %d published 95 %% intervals cover the truth", 100*coverage.Total.Share(), coverage.Total.Of))
	return nil
}

// cellID addresses a cell of the table.
type cellID struct{ indicator, domain string }

// truth is the population value of every cell: the estimates from a census of
// the frame, through the same code as those from the sample.
func (w *wave) truth(ctx context.Context) (map[cellID]float64, error) {
	population, err := w.population()
	if err != nil {
		return nil, err
	}
	f, err := load(w.path("frame.csv"), frame.Read)
	if err != nil {
		return nil, err
	}
	s, records, err := population.Census(ctx, w.ID, f)
	if err != nil {
		return nil, err
	}
	q, err := w.questionnaire()
	if err != nil {
		return nil, err
	}
	census, err := freeze.Build(s, q, records, freeze.Meta{Synthetic: true})
	if err != nil {
		return nil, err
	}
	catalogue, formulas, err := w.formulas(census.Codebook)
	if err != nil {
		return nil, err
	}
	spec := indicator.Unweighted()
	data, err := indicator.Variables(formulas, census.Data, indicator.Needed(spec))
	if err != nil {
		return nil, err
	}
	domains := catalogue.Domains()
	values, err := indicator.Estimate(ctx, estimate.FromData(data), spec, formulas, domains)
	if err != nil {
		return nil, err
	}
	truth := make(map[cellID]float64, len(values))
	for i, e := range values {
		truth[cellID{formulas[i/len(domains)].ID, domains[i%len(domains)].ID()}] = e.Value
	}
	return truth, nil
}

// table reads the wave's table from its archive.
func (w *wave) table() (*table.Table, error) {
	return load(w.archive.Path("table.json"), readJSON[*table.Table])
}
