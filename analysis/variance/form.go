package variance

import (
	"fmt"
	"strings"

	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// Form returns the variance of totals as a quadratic form in the weighted
// totals of the last stage's units, for replicates that are to carry every
// stage: its value is that of [Design.FromUnits] when all units hold rows of
// the estimate (Bellhouse 1985; Särndal, Swensson & Wretman 1992, result
// 4.3.1). Single-unit strata are treated by the design's rule; "adjust", which
// compares them with other strata, is no sum over strata and is refused, as is
// "fail", a [*LonelyError].
func (d *Design) Form() (replicate.Form, error) {
	var form replicate.Form
	if names := d.LonelyStrata(); len(names) > 0 && d.Lonely == design.Adjust {
		return form, fmt.Errorf("single sampled unit in stratum %s: replicates cannot compare it with the mean of all strata (lonely_psu: adjust): merge it with a neighbour or choose another lonely_psu rule",
			strings.Join(names, ", "))
	}
	for i, stage := range d.Stages {
		inUse := make([]bool, len(stage.Strata))
		for h, s := range stage.Strata {
			inUse[h] = s.Units > 0
		}
		scales := make([]float64, 0, len(stage.Strata))
		for from := 0; from < len(stage.Strata); {
			to := stage.siblings(from)
			part, err := d.scales(i, stage.Strata[from:to], inUse[from:to])
			if err != nil {
				return form, err
			}
			scales, from = append(scales, part...), to
		}
		form.Stages = append(form.Stages, replicate.Stage{Stratum: stage.Stratum, Parent: stage.Parent, Scale: scales})
	}
	return form, nil
}
