package weighting

import (
	"fmt"
	"math"

	"barometer/internal/i18n"
)

// FrameVariable is a number that the frame knows of every unit: its values for
// the rows of the sample, and its mean and standard deviation over the
// population. A row with NaN is not in the group that the variable is about.
type FrameVariable struct {
	Label  i18n.Text
	Values []float64
	Mean   float64
	SD     float64 // over the population, with divisor N
}

// NewFrameVariable computes the population's side from the values of all its
// units.
func NewFrameVariable(label i18n.Text, population, sample []float64) FrameVariable {
	v := FrameVariable{Label: label, Values: sample}
	n := float64(len(population))
	for _, x := range population {
		v.Mean += x / n
	}
	for _, x := range population {
		v.SD += float64((x-v.Mean)*(x-v.Mean)) / n
	}
	v.SD = math.Sqrt(v.SD)
	return v
}

// MeanBalance holds the weighted mean of a frame variable against the frame's:
// among the units that carry a final weight, without weights, with design weights
// and with the final ones. Weights are not made to meet it, so what is left after
// weighting tells how much the bias of answers like it may be.
type MeanBalance struct {
	Label      i18n.Text `json:"label"`
	Frame      float64   `json:"frame"`
	SD         float64   `json:"sd"`
	N          int       `json:"n"` // units with a final weight
	Unweighted float64   `json:"unweighted"`
	Design     float64   `json:"design"`
	Final      float64   `json:"final"`
}

// Standardised is the difference of a mean from the frame's in standard
// deviations of the population (Austin 2009); 0 where all units are alike.
func (b MeanBalance) Standardised(mean float64) float64 {
	if b.SD == 0 {
		return 0
	}
	return (mean - b.Frame) / b.SD
}

// CompareMeans adds the comparison of frame variables to the diagnostics. Values
// must be one a row of the data that the recipe was run on.
func (r *Result) CompareMeans(variables []FrameVariable) error {
	final, err := r.Data.Column(r.Spec.Weight)
	if err != nil {
		return err
	}
	base, err := r.Data.Column(r.Diagnostics.Steps[0].As)
	if err != nil {
		return err
	}
	for _, v := range variables {
		if len(v.Values) != final.Len() {
			return fmt.Errorf("frame variable %s: %d values for %d units", v.Label.EN, len(v.Values), final.Len())
		}
		b := MeanBalance{Label: v.Label, Frame: v.Mean, SD: v.SD}
		var plain, design, weighted mean
		for row, x := range v.Values {
			if w := final.Number[row]; w > 0 && !math.IsNaN(x) {
				b.N++
				plain.add(x, 1)
				design.add(x, base.Number[row])
				weighted.add(x, w)
			}
		}
		if b.N == 0 {
			continue
		}
		b.Unweighted, b.Design, b.Final = plain.value(), design.value(), weighted.value()
		r.Diagnostics.Means = append(r.Diagnostics.Means, b)
	}
	return nil
}

// mean is a weighted mean in the making.
type mean struct{ sum, weight float64 }

func (m *mean) add(x, w float64) {
	m.sum += float64(w * x)
	m.weight += w
}

func (m mean) value() float64 { return m.sum / m.weight }

// meansSection holds the means of frame variables against the frame's.
func (d Diagnostics) meansSection(l i18n.Lang) Section {
	s := Section{Title: words.means.In(l), Names: 1, Paragraphs: []string{words.meansRead.In(l)},
		Header: inLang(l, words.variable, words.units, words.frame, words.unweighted, words.byDesign, words.byFinal, words.standardBefore, words.standardAfter)}
	for _, b := range d.Means {
		s.Rows = append(s.Rows, []string{b.Label.In(l), count(b.N, l), figure(b.Frame, 1, l), figure(b.Unweighted, 1, l), figure(b.Design, 1, l),
			figure(b.Final, 1, l), figure(b.Standardised(b.Unweighted), 3, l), figure(b.Standardised(b.Final), 3, l)})
	}
	return s
}
