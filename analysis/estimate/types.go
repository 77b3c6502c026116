package estimate

import "barometer/weighting/design"

// Estimate is one estimated number with its uncertainty. An undefined number
// is NaN: an interval with no degrees of freedom, the mean of no rows.
type Estimate struct {
	Item   string         // variable, "num/den", "var=level"
	Domain []design.Level // empty for the whole population

	Value, SE, Low, High float64
	DF                   float64 // degrees of freedom of the interval
	Deff                 float64 // design effect, NaN unless asked for
	N                    int     // sample rows that enter the estimate
	Positive             int     // of these, rows with a value (or numerator) other than zero
	SumWeights           float64 // estimated size of the population that enters
}
