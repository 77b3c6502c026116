package indicator

import (
	"errors"
	"fmt"
	"math"

	"barometer/analysis/estimate"
	"barometer/analysis/impute"
	"barometer/internal/i18n"
	"barometer/survey/microdata"
)

// Combine puts estimates of completed data sets in place of those of the
// answers given, by Rubin's rules (package impute); sets hold the estimates of
// [Estimate], one list a set. What no imputed answer touches stays as it is.
//
// Number of respondents, numerator and sum of weights stay those of the answers
// given: they are what a figure rests on, and what the disclosure policy must
// judge. A cell in which nobody answered stays empty.
func Combine(given []estimate.Estimate, sets [][]estimate.Estimate, formulas []Formula) ([]estimate.Estimate, error) {
	combined, err := impute.CombineAll(sets, Level)
	if err != nil {
		return nil, err
	}
	if len(combined) != len(given) {
		return nil, fmt.Errorf("imputation: %d estimates of the answers given, %d of completed data", len(given), len(combined))
	}
	shares := sharesOf(formulas)
	deff := pooledDeffs(given, shares)
	out := make([]estimate.Estimate, len(given))
	var faults []error
	for i, g := range given {
		out[i] = g
		if g.N == 0 || untouched(g, sets, i) {
			continue
		}
		e := combined[i].Estimate
		if shares[e.Item] {
			faults = append(faults, shareInterval(&e, Level, deff[address("", e.Domain)]))
		}
		e.N, e.Positive, e.SumWeights = g.N, g.Positive, g.SumWeights
		out[i] = e
	}
	return out, errors.Join(faults...)
}

// untouched reports whether estimate i is the same in every set as without
// imputation.
func untouched(given estimate.Estimate, sets [][]estimate.Estimate, i int) bool {
	for _, s := range sets {
		same := s[i].N == given.N && (s[i].Value == given.Value || math.IsNaN(s[i].Value) && math.IsNaN(given.Value))
		if !same {
			return false
		}
	}
	return true
}

// NoteImputed says of each formula how many answers behind it are imputed, from
// the variables of the answers given and of the first completed set. A formula
// without any is left alone.
func NoteImputed(formulas []Formula, given, completed *microdata.Data, sets int) error {
	for i := range formulas {
		f := &formulas[i]
		was, errGiven := given.Column(f.ID)
		is, errCompleted := completed.Column(f.ID)
		if err := errors.Join(errGiven, errCompleted); err != nil {
			return err
		}
		answered, imputed := 0, 0
		for row := range was.Number {
			switch {
			case !math.IsNaN(was.Number[row]):
				answered++
			case !math.IsNaN(is.Number[row]):
				imputed++
			}
		}
		if imputed > 0 {
			f.Note = i18n.Text{
				DA: fmt.Sprintf("%d af %d svar manglede og er imputeret: de er hentet fra lignende arbejdspladser, i %d gentagelser, hvis forskelle indgår i intervallet. Antal svar tæller kun dem, der er givet.", imputed, imputed+answered, sets),
				EN: fmt.Sprintf("%d of %d answers were missing and are imputed: they are taken from similar workplaces, in %d repetitions whose differences enter the interval. The number of answers counts those given alone.", imputed, imputed+answered, sets),
			}
		}
	}
	return nil
}

// Stack puts the variables of completed data sets into one table: the number of
// the set, the row of the unit in the variables file, and every formula.
func Stack(formulas []Formula, sets []*microdata.Data) (*microdata.Data, error) {
	var set, row []float64
	values := make([][]float64, len(formulas))
	for k, data := range sets {
		for r := range data.Rows() {
			set, row = append(set, float64(k+1)), append(row, float64(r+1))
		}
		for i, f := range formulas {
			c, err := data.Column(f.ID)
			if err != nil {
				return nil, err
			}
			values[i] = append(values[i], c.Number...)
		}
	}
	columns := []microdata.Column{microdata.Numbers("set", set), microdata.Numbers("row", row)}
	for i, f := range formulas {
		columns = append(columns, microdata.Numbers(f.ID, values[i]))
	}
	return microdata.New(columns...)
}
