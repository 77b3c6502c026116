package smallarea

import (
	"errors"
	"fmt"
	"math"

	"barometer/analysis/estimate"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/internal/i18n"
)

// intercept is the covariate that every model of [Beside] begins with.
const intercept = "intercept"

// Beside fits the catalogue's small-area models to a finished table and gives
// figures for its suppressed cells, and for the uncertain ones where an entry
// asks for it. covariates holds, for each entry, what is known of each domain
// ([Covariates]); a domain that it does not have is left out.
//
// # Why it discloses nothing
//
// It takes a table.Table, in which a suppressed cell holds no number. So it
// cannot but treat a suppressed group as one without sample: the model is
// fitted to shown figures alone, and the group gets the regression's
// prediction. Every model-based figure is a function of figures that are shown
// and of counts of the frame, which the reader is taken to know. Who has the
// release can compute it, and so it tells nothing that the release does not.
// For the same reason coefficients, covariates and variance may be published.
//
// The price is the answers that suppressed groups did give. An estimate that
// combines them with the prediction would be somewhat better, but with the
// weights known, which follow from published standard errors, it gives the
// suppressed figure away. Where a cell is suppressed for a rare answer, the
// choice of groups depends on what they answered; a prediction of shares near 0
// or 1 is then drawn towards the middle.
//
// Figures are on the scale of the table, intervals cut at its ends. A
// prediction beyond the scale is left out, with a warning. Source: Fay & Herriot
// (1979); the prediction of an area without sample and its mean squared error,
// Rao & Molina (2015, §6.1.1).
func Beside(t *table.Table, plans []indicator.SmallArea, covariates []map[string][]float64) (*table.Models, error) {
	if len(plans) != len(covariates) {
		return nil, fmt.Errorf("small-area models: covariates of %d entries for %d", len(covariates), len(plans))
	}
	models := &table.Models{Wave: t.Wave, Level: t.Level}
	var faults []error
	for i, p := range plans {
		rows, err := members(t, p.Indicators)
		if err != nil {
			faults = append(faults, err)
		}
		for _, ind := range rows {
			b := beside{table: t, plan: p, indicator: ind, known: covariates[i]}
			m, err := b.model()
			if err != nil {
				faults = append(faults, fmt.Errorf("small-area model of %s by %s: %w", ind.ID, p.Breakdown, err))
				continue
			}
			models.List = append(models.List, m)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return models, models.Fits(t)
}

// members finds indicators by id or family.
func members(t *table.Table, names []string) ([]table.Indicator, error) {
	var list []table.Indicator
	var faults []error
	for _, name := range names {
		found := t.Family(name)
		if ind, ok := t.Indicator(name); ok {
			found = []table.Indicator{ind}
		}
		if len(found) == 0 {
			faults = append(faults, fmt.Errorf("small-area models: the table has no indicator or family %s", name))
		}
		for _, ind := range found {
			if ind.Counted {
				faults = append(faults, fmt.Errorf("small-area models: %s is a count of the sample and has no sampling error to model", ind.ID))
			}
		}
		list = append(list, found...)
	}
	return list, errors.Join(faults...)
}

// beside is one model in the making.
type beside struct {
	table     *table.Table
	plan      indicator.SmallArea
	indicator table.Indicator
	known     map[string][]float64
}

func (b beside) model() (table.Model, error) {
	m := Model{Covariates: []string{intercept}, Method: Method(b.plan.Method), Smooth: b.plan.Smooth, Level: b.table.Level}
	for _, c := range b.plan.Covariates {
		m.Covariates = append(m.Covariates, c.Name)
	}
	domains, areas := b.areas()
	fit, err := Fit(areas, m)
	if err != nil {
		return table.Model{}, err
	}
	made := table.Model{Indicator: b.indicator.ID, Breakdown: b.plan.Breakdown, Method: string(fit.Method),
		Smoothed: fit.Smoothing != nil, Between: fit.Between, Coefficients: b.coefficients(fit)}
	for _, w := range fit.Warnings {
		made.Warnings = append(made.Warnings, string(w))
	}
	for i, e := range fit.Estimates {
		made.Covariates = append(made.Covariates, table.Covariates{Domain: domains[i].ID(), X: areas[i].X})
		cell, _ := b.table.Cell(b.indicator.ID, domains[i].ID())
		if !e.Synthetic {
			made.Groups++
		}
		if !cell.Status().Suppressed() && !(b.plan.Uncertain && cell.Status() == table.Uncertain) {
			continue
		}
		if f, onScale := b.figure(domains[i], e); onScale {
			made.Figures = append(made.Figures, f)
		} else {
			made.Warnings = append(made.Warnings, fmt.Sprintf("%s: the model gives %.3g, which is off the scale; no figure is made", domains[i].ID(), e.Value))
		}
	}
	return made, nil
}

// areas are the domains of the breakdown of which covariates are known: those
// that the table shows with their figures, the others as areas without sample.
func (b beside) areas() ([]table.Domain, []Area) {
	var domains []table.Domain
	var areas []Area
	for _, d := range b.table.Breakdown(b.plan.Breakdown) {
		x, known := b.known[d.ID()]
		if !known {
			continue
		}
		direct := estimate.Estimate{Item: b.indicator.ID, Domain: indicator.Levels(d)}
		cell, _ := b.table.Cell(b.indicator.ID, d.ID())
		if f, shown := cell.Figure(); shown {
			direct.Value, direct.SE, direct.N = f.Value, f.SE, f.N
		}
		domains = append(domains, d)
		areas = append(areas, Area{Direct: direct, X: append([]float64{1}, x...)})
	}
	return domains, areas
}

// interceptLabel names the constant term for readers.
var interceptLabel = i18n.Text{DA: "Konstantled", EN: "Intercept"}

func (b beside) coefficients(fit *Result) []table.Coefficient {
	list := make([]table.Coefficient, len(fit.Coefficients))
	for i, c := range fit.Coefficients {
		list[i] = table.Coefficient{Name: c.Name, Label: interceptLabel, Value: c.Value, SE: c.SE}
		if i > 0 {
			list[i].Label = b.plan.Covariates[i-1].Label
		}
	}
	return list
}

// figure gives an estimate the form in which it is shown, and false where it
// lies outside the scale of its indicator.
func (b beside) figure(d table.Domain, e Estimate) (table.ModelFigure, bool) {
	top := 1.0
	if b.indicator.Kind == table.Score {
		top = 100
	}
	f := table.ModelFigure{Domain: d.ID(), Basis: table.Combined, Value: e.Value,
		Low: math.Max(0, e.Low), High: math.Min(top, e.High), RMSE: e.SE()}
	if e.Synthetic {
		f.Basis = table.Prediction
	}
	return f, e.Value >= 0 && e.Value <= top
}
