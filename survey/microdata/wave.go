package microdata

import (
	"fmt"

	"barometer/survey/codebook"
)

// Wave is a frozen wave: one row per sampled unit, respondent or not, since
// weighting needs the silent ones. Every column is described in the codebook,
// and the codebook has no role for names, addresses, register numbers or
// access codes: what cannot be described cannot be carried.
type Wave struct {
	ID        string // "2025"
	Synthetic bool   // true for demonstration data, shown wherever a figure is
	Codebook  codebook.Codebook
	*Data
}

// NewWave binds data to its codebook. It refuses a column the codebook does
// not describe, a described variable without a column, and a categorical value
// without a code.
func NewWave(id string, synthetic bool, book codebook.Codebook, data *Data) (*Wave, error) {
	if len(book.Variables) != len(data.Columns()) {
		return nil, fmt.Errorf("wave %s: %d columns but %d variables in the codebook", id, len(data.Columns()), len(book.Variables))
	}
	for _, v := range book.Variables {
		c, err := data.Column(v.Name)
		if err != nil {
			return nil, fmt.Errorf("wave %s: %w, though the codebook describes it", id, err)
		}
		if err := matches(v, c); err != nil {
			return nil, fmt.Errorf("wave %s, variable %s: %w", id, v.Name, err)
		}
	}
	return &Wave{ID: id, Synthetic: synthetic, Codebook: book, Data: data}, nil
}

func matches(v codebook.Variable, c *Column) error {
	if v.Role == "" {
		return fmt.Errorf("no role in the codebook")
	}
	if v.Kind != codebook.Categorical {
		return nil
	}
	for _, l := range c.Levels {
		if _, ok := v.Code(l); !ok {
			return fmt.Errorf("value %q has no code", l)
		}
	}
	return nil
}
