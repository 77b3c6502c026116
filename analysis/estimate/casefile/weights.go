package casefile

import (
	"context"

	"barometer/weighting"
)

// weights answers how the final weights are spread.
func (p *problem) weights(context.Context) ([]Row, error) {
	w := p.answer.Weights.Values
	s := weighting.Summarise(w)
	rows := []Row{
		one("n_positive", float64(s.N)), one("sum", s.Sum), one("min", s.Min), one("max", s.Max),
		one("cv", s.CV), one("kish_deff", s.KishDeff), one("effective_n", s.EffectiveN),
	}
	for _, name := range p.Request.Options.Margins {
		c, err := p.data.Column(name)
		if err != nil {
			return nil, &Error{BadData, err.Error()}
		}
		sums := make(map[string]float64)
		var order []string
		for i, level := range keys(c) {
			if _, met := sums[level]; !met && level != "" {
				order = append(order, level)
			}
			sums[level] += w[i]
		}
		for _, level := range order {
			rows = append(rows, one("sum|"+name+"="+level, sums[level]))
		}
	}
	return rows, nil
}

func one(item string, value float64) Row {
	return Row{Item: item, Figures: []Figure{{"estimate", value}}}
}
