package desk

import (
	"errors"
	"math"
	"net/http"
	"slices"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/codebook"
	"barometer/survey/fieldwork"
	"barometer/survey/fieldwork/figure"
	"barometer/survey/fieldwork/represent"
)

// representView is how alike the answering workplaces are to the sample.
type representView struct {
	Wave      string
	Undefined bool
	Keys      []keyFigure
	Lacking   []string // groups that lack, in words, the worst first
	Variables web.Table
	Classes   []web.Table
}

func (p *Pages) representativity(w http.ResponseWriter, r *http.Request, wave Wave) {
	l := web.Lang(r)
	v := representView{Wave: wave.Title.In(l)}
	ind, err := p.Fieldwork.Representativity(r.Context(), wave.ID)
	switch {
	case errors.Is(err, represent.ErrUndefined):
		v.Undefined = true
	case err != nil:
		p.fail(w, r, err)
		return
	default:
		v.Keys = []keyFigure{
			{figure.Decimal(ind.R, 3, l), p.T(r, "represent.r"), p.certainty(r, ind)},
			{figure.Percent(ind.Mean, 1, l), p.T(r, "represent.mean"), p.T(r, "key.of", "n", figure.Count(ind.Units))},
			{figure.Decimal(ind.MaxBias, 2, l), p.T(r, "represent.bias"), p.T(r, "represent.bias.note")},
		}
		v.Lacking = p.lacking(r, ind)
		v.Variables, v.Classes = p.partialTables(r, ind)
	}
	page := p.view(r, p.T(r, "represent.title"), wavePath(wave.ID)+"/representativity", wave)
	p.views.Render(w, r, http.StatusOK, page, "represent", v)
}

// certainty says how far the indicator may be from what another sample and other
// answers would give, and what it is without its adjustment.
func (p *Pages) certainty(r *http.Request, ind *represent.Indicator) string {
	l := web.Lang(r)
	raw := p.T(r, "represent.r.note", "raw", figure.Decimal(ind.Unadjusted, 3, l))
	if math.IsNaN(ind.Error) {
		return raw
	}
	const z = 1.96 // 95 %
	low, high := max(0, ind.R-z*ind.Error), min(1, ind.R+z*ind.Error)
	return joined(". ", p.T(r, "represent.r.interval", "low", figure.Decimal(low, 3, l), "high", figure.Decimal(high, 3, l)), raw)
}

// shortage is a class whose workplaces answer less than all do.
type shortage struct {
	label string
	class represent.Class
	need  int // answers that would bring it to the mean
}

// shortages finds the classes that answer less than all do by more than chance
// explains, two standard errors of a share, the largest part first.
func shortages(ind *represent.Indicator, l i18n.Lang) (list []shortage) {
	for i, c := range fieldwork.Classifications() {
		for _, class := range ind.Variables[i].Classes {
			chance := 2 * math.Sqrt(ind.Mean*(1-ind.Mean)/float64(class.Units))
			if ind.Mean-class.Mean <= chance {
				continue
			}
			label := class.Code
			if code, ok := c.Code(class.Code); ok {
				label = code.Label.In(l)
			}
			need := int(math.Ceil(ind.Mean*float64(class.Units))) - class.Responded
			list = append(list, shortage{c.Label.In(l) + ": " + label, class, max(1, need)})
		}
	}
	slices.SortStableFunc(list, func(a, b shortage) int {
		switch {
		case a.class.Part < b.class.Part:
			return -1
		case a.class.Part > b.class.Part:
			return 1
		}
		return 0
	})
	return list
}

// mostLacking is how many groups are put in words.
const mostLacking = 6

func (p *Pages) lacking(r *http.Request, ind *represent.Indicator) (words []string) {
	l := web.Lang(r)
	for _, s := range shortages(ind, l)[:min(mostLacking, len(shortages(ind, l)))] {
		words = append(words, p.T(r, "represent.lacks", "group", s.label, "share", figure.Percent(s.class.Mean, 0, l), "all", figure.Percent(ind.Mean, 0, l), "n", figure.Count(s.need)))
	}
	return words
}

// partialTables set out the part of each variable, and of each class.
func (p *Pages) partialTables(r *http.Request, ind *represent.Indicator) (variables web.Table, classes []web.Table) {
	l := web.Lang(r)
	variables = web.Table{Name: "variables", Caption: p.T(r, "represent.variables"), Columns: p.columns(r, numbers, "variable", "between", "conditional")}
	for i, c := range fieldwork.Classifications() {
		part := ind.Variables[i]
		conditional := "–"
		if !math.IsNaN(part.Conditional) {
			conditional = figure.Decimal(part.Conditional, 4, l)
		}
		variables.Rows = append(variables.Rows, web.Row{{Text: c.Label.In(l)}, {Text: figure.Decimal(part.Between, 4, l)}, {Text: conditional}})
		classes = append(classes, p.classTable(r, c, part))
	}
	return variables, classes
}

func (p *Pages) classTable(r *http.Request, c codebook.Classification, part represent.Partial) web.Table {
	l := web.Lang(r)
	t := web.Table{Name: "by-" + c.Name, Caption: c.Label.In(l), Columns: p.columns(r, numbers, "group", "units", "complete", "rate", "between")}
	for _, code := range c.Codes {
		for _, class := range part.Classes {
			if class.Code == code.Value {
				t.Rows = append(t.Rows, web.Row{{Text: code.Label.In(l)}, {Text: figure.Count(class.Units)}, {Text: figure.Count(class.Responded)},
					{Text: figure.Percent(class.Mean, 1, l)}, {Text: figure.Decimal(class.Part, 4, l)}})
			}
		}
	}
	return t
}
