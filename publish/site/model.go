package site

import (
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/prose"
)

// modelView is what a model says of groups whose own figures are not shown, or
// are uncertain.
type modelView struct {
	Text string
	Rows []modelRow
}

type modelRow struct {
	Label    string
	Value    string
	Interval string
	Basis    string
}

// modelsOf describes the models of an indicator that give figures.
func (s *Site) modelsOf(ind table.Indicator, l i18n.Lang) []modelView {
	var list []modelView
	for _, m := range s.current.models.Of(ind.ID) {
		v := modelView{Text: s.views.T(l, "indicator.model.text", "groups", m.Groups, "covariates", covariatesIn(m, l),
			"breakdown", prose.Mid(breakdownName(m.Breakdown, l)))}
		for _, f := range m.Figures {
			v.Rows = append(v.Rows, modelRow{
				Label: s.domainLabel(f.Domain, l), Value: s.value(ind.Kind, f.Value, l),
				Interval: interval(ind.Kind, table.Figure{Low: f.Low, High: f.High}, l),
				Basis:    s.basis(f.Basis, l),
			})
		}
		if len(v.Rows) > 0 {
			list = append(list, v)
		}
	}
	return list
}

func (s *Site) basis(b table.Basis, l i18n.Lang) string {
	if b == table.Combined {
		return s.views.T(l, "indicator.model.combined")
	}
	return s.views.T(l, "indicator.model.prediction")
}

// covariatesIn lists what a model knows of the groups, the intercept aside.
func covariatesIn(m table.Model, l i18n.Lang) string {
	var names []string
	for _, c := range m.Coefficients[1:] {
		names = append(names, prose.Mid(c.Label.In(l)))
	}
	return strings.Join(names, ", ")
}

func (s *Site) domainLabel(id string, l i18n.Lang) string {
	for _, d := range s.current.Domains() {
		if d.ID() == id {
			return d.Label.In(l)
		}
	}
	return id
}
