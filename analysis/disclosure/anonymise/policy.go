package anonymise

import (
	"fmt"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// Policy says what a research file may show.
type Policy struct {
	// K is the number of records that must share every combination of sector,
	// subsector, size and region, and the number of workplaces they must stand
	// for.
	K int

	// Parts are the coarser regions of the ladder, each code in one part.
	Parts []Part

	// LeaveOut lists questionnaire items whose answers stay behind.
	LeaveOut []string

	WeightDecimals int // decimals of the released weight
	CountStep      int // released population counts are multiples of it
}

// Part is a part of the country made of whole regions.
type Part struct {
	Code    codebook.Code
	Regions []string
}

// Public is the policy of the file that anyone may download.
func Public() Policy {
	return Policy{
		K: 5,
		Parts: []Part{
			{
				Code:    codebook.Code{Value: "oest", Number: 1, Label: i18n.Text{DA: "Østdanmark", EN: "Eastern Denmark"}},
				Regions: []string{"1084", "1085"},
			},
			{
				Code:    codebook.Code{Value: "vest", Number: 2, Label: i18n.Text{DA: "Vestdanmark", EN: "Western Denmark"}},
				Regions: []string{"1081", "1082", "1083"},
			},
		},
		LeaveOut:       []string{"A2", "L2", "L3"},
		WeightDecimals: 2,
		CountStep:      10,
	}
}

// partOf returns the position of a region's part, or an error that names it.
func (p Policy) partOf(region string) (int, error) {
	for i, part := range p.Parts {
		for _, r := range part.Regions {
			if r == region {
				return i, nil
			}
		}
	}
	return 0, fmt.Errorf("anonymise: region %q lies in no part of the policy's ladder", region)
}

func (p Policy) leavesOut(item string) bool {
	for _, i := range p.LeaveOut {
		if i == item {
			return true
		}
	}
	return false
}

func (p Policy) check() error {
	switch {
	case p.K < 2:
		return fmt.Errorf("anonymise: k is %d: a record must share its background with others", p.K)
	case p.WeightDecimals < 0 || p.WeightDecimals > 6:
		return fmt.Errorf("anonymise: weights of %d decimals: give 0 to 6", p.WeightDecimals)
	case p.CountStep < 1:
		return fmt.Errorf("anonymise: population counts in steps of %d: give 1 or more", p.CountStep)
	}
	return nil
}
