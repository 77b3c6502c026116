package weighting

import "barometer/survey/microdata"

// Base starts the weights at the design weight: 1 / inclusion probability, the
// number of population units a sampled unit stands for before anyone is asked.
type Base struct {
	Weight string `yaml:"weight"`
}

// Weights reads the column. Every sampled unit must have a positive weight.
func (b *Base) Weights(data *microdata.Data) ([]float64, error) {
	c, err := data.Column(b.Weight)
	if err != nil {
		return nil, failf(BadData, "%v", err)
	}
	if !c.IsNumeric() {
		return nil, failf(BadData, "column %s holds text, and it is to be the design weight", b.Weight)
	}
	for i, w := range c.Number {
		if !(w > 0) {
			return nil, failf(InvalidWeights, "column %s, row %d: design weight %v; a sampled unit has a positive weight", b.Weight, i+1, w)
		}
	}
	return c.Number, checkWeights(c.Number)
}
