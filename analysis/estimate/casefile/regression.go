package casefile

import (
	"bytes"
	"context"
	"encoding/json"
	"math"

	"barometer/analysis/estimate"
	"barometer/analysis/regress"
)

// model is a regression as written.
type model struct {
	Outcome      string  `json:"outcome"`
	Factors      factors `json:"factors"`
	Numeric      list    `json:"numeric"`
	Interactions list    `json:"interactions"`
	WaldTerms    list    `json:"wald_terms"`
	WaldDF       string  `json:"wald_df"`
	Kind         string  `json:"kind"` // of margins; a regression is named by its stat
}

// factors is an object {name: [levels]} that keeps its order.
type factors []regress.Factor

func (f *factors) UnmarshalJSON(text []byte) error {
	if isEmptyList(text) || isNull(text) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return badCase("key factors: %s where an object {name: [levels]} belongs", abridged(text))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var levels texts
		if err := d.Decode(&levels); err != nil {
			return err
		}
		if len(levels) < 2 {
			return badCase("key factors: %v needs two levels or more", name)
		}
		*f = append(*f, regress.Factor{Name: name.(string), Levels: levels})
	}
	return nil
}

// parseModel decodes the model of a regression.
func (r *Request) parseModel() (*model, error) {
	m := &model{}
	if len(r.Model) == 0 {
		return nil, badCase("key request.model is missing")
	}
	if err := strict(r.Model, m); err != nil {
		return nil, badCase("key request.model: %v", err)
	}
	if m.Outcome == "" {
		return nil, badCase("key request.model.outcome is missing")
	}
	if m.WaldDF != "" && m.WaldDF != "design" {
		return nil, badCase("key request.model.wald_df: %q is not design", m.WaldDF)
	}
	if m.Kind != "" && r.Stat != "margins" {
		return nil, badCase("key request.model.kind: the kind of a regression is its stat")
	}
	return m, nil
}

func (m *model) columns() []string {
	names := append([]string{m.Outcome}, m.Numeric...)
	for _, f := range m.Factors {
		names = append(names, f.Name)
	}
	return names
}

// regression answers linear and logistic regressions.
func (p *problem) regression(ctx context.Context) ([]Row, error) {
	m, err := p.Request.parseModel()
	if err != nil {
		return nil, err
	}
	reps, err := p.replicate(ctx)
	if err != nil {
		return nil, err
	}
	fit, err := regress.Run(ctx, p.src, p.spec, regress.Model{Kind: regress.Kind(p.Request.Stat), Outcome: m.Outcome,
		Factors: m.Factors, Numeric: m.Numeric, Interactions: m.Interactions, Where: p.Request.Where, Replicates: reps})
	if err != nil {
		return nil, err
	}
	p.warn(fit.Warnings)
	t := estimate.TQuantile(p.Request.Options.level(), fit.DF)
	var rows []Row
	for j, name := range fit.Names {
		b, se := fit.Value[j], math.Sqrt(fit.Covariance.At(j, j))
		rows = append(rows, Row{Item: name, Figures: []Figure{
			{"estimate", b}, {"se", se}, {"ci_low", b - t*se}, {"ci_high", b + t*se}, {"df", fit.DF},
			{"n", float64(fit.N)}, {"statistic", b / se}, {"p", fit.P(j)}}})
	}
	for _, term := range m.WaldTerms {
		df2 := fit.DF
		if m.WaldDF == "design" {
			df2 = fit.DesignDF
		}
		f, df1, pvalue, err := fit.Wald(term, df2)
		if err != nil {
			return nil, badCase("key request.model.wald_terms: %v", err)
		}
		rows = append(rows, Row{Item: "wald|" + term, Figures: []Figure{{"statistic", f}, {"df1", df1}, {"df2", df2}, {"p", pvalue}}})
	}
	return rows, nil
}
