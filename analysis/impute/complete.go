package impute

import (
	"fmt"
	"slices"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Complete returns the data with every missing value of the plan's variables
// replaced by a donor's, and a 0/1 column <name>_imputed for each.
//
// Each recipient's donor is drawn from its class with probability
// w_j / Σw over the class's donors, independently (random hot deck with
// weights, Rao & Shao 1992; Andridge & Little 2010). Weighted means of
// a completed variable estimate the population mean without bias when within a
// class nonresponse does not depend on the value. Its naive standard error is
// too small: see [Deck.Replicate] and [Deck.Multiple].
//
// Reference implementation: SAS's SURVEYIMPUTE, method hotdeck with weighted
// selection; random numbers differ, so it is the distribution that is tested.
func (d *Deck) Complete() (*microdata.Data, error) { return d.complete(d.chosen) }

// Multiple returns m completed data sets that differ by what is not known:
// the donors of each are a bootstrap sample of the class's (approximate
// Bayesian bootstrap, Rubin & Schenker 1986), which makes the imputation
// proper in the sense of Rubin (1987, ch. 4). The bootstrap treats a class's
// donors as independent draws: clusters inside a class are not followed. Set k
// does not depend on m. Combine the m estimates with [Combine].
func (d *Deck) Multiple(m int) ([]*microdata.Data, error) {
	if m < 2 {
		return nil, fmt.Errorf("multiple imputation: %d completed data sets; give at least 2", m)
	}
	sets := make([]*microdata.Data, m)
	for k := range sets {
		var err error
		if sets[k], err = d.Set(k); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

// Set returns completed data set k of [Deck.Multiple], counted from 0.
func (d *Deck) Set(k int) (*microdata.Data, error) {
	chosen, err := d.draw(round(k+1), d.weight)
	if err != nil {
		return nil, err
	}
	return d.complete(chosen)
}

// complete gives each recipient the values of its donor. Columns that are not
// imputed are shared with the original data.
func (d *Deck) complete(chosen []int32) (*microdata.Data, error) {
	columns := slices.Clone(d.data.Columns())
	var flags []microdata.Column
	for i := range columns {
		if slices.Contains(d.plan.Variables, columns[i].Name) {
			var flag microdata.Column
			columns[i], flag = d.fillIn(&columns[i], chosen)
			flags = append(flags, flag)
		}
	}
	return microdata.New(append(columns, flags...)...)
}

// fillIn completes one variable and marks what it filled in.
func (d *Deck) fillIn(c *microdata.Column, chosen []int32) (completed, flag microdata.Column) {
	completed = *c
	completed.Code, completed.Number, completed.Reason = slices.Clone(c.Code), slices.Clone(c.Number), slices.Clone(c.Reason)
	imputed := make([]float64, c.Len())
	for i, row := range d.recipients {
		if !lacks(c, int(row)) {
			continue
		}
		if c.IsNumeric() {
			completed.Number[row] = c.Number[chosen[i]]
		} else {
			completed.Code[row] = c.Code[chosen[i]]
		}
		if completed.Reason != nil {
			completed.Reason[row] = codebook.Present
		}
		imputed[row] = 1
	}
	return completed, microdata.Numbers(Flag(c.Name), imputed)
}
