package anonymise

import (
	"fmt"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
)

// Policy says what a research file may show.
type Policy struct {
	Name string // of the file: "public", "research"; record ids differ from file to file

	// K is the number of records that must share every combination of sector,
	// subsector, size and region, and the number of workplaces they must stand
	// for.
	K int

	// Sensitive are the variables of which every such combination must hold L
	// values, so that nobody's answer follows from their background alone. Having
	// not been asked is a value, since it tells of an earlier answer; other gaps
	// are none.
	Sensitive []string
	L         int

	// Parts are the coarser regions of the ladder, each code in one part.
	Parts []Part

	// LeaveOut lists questionnaire items whose answers stay behind.
	LeaveOut []string

	WeightDecimals int // decimals of the released weight
	CountStep      int // released population counts are multiples of it

	Replicates int // replicate weights for variances; 0 = none
}

// Part is a part of the country made of whole regions.
type Part struct {
	Code    codebook.Code
	Regions []string
}

// Public is the policy of the file that anyone may download.
func Public() Policy {
	return Policy{
		Name:      "public",
		K:         5,
		Sensitive: []string{"b6"}, // an attempt that was given up: the one answer that could be held against a workplace
		L:         2,
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
		Replicates:     400,
	}
}

// Research is the policy of the file for those who have signed a contract: the
// background as fine as three records bear. Answers that are alike in a group
// are reported there, and left to the contract.
func Research() Policy {
	p := Public()
	p.Name, p.K, p.L = "research", 3, 1
	return p
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
	case p.Name == "":
		return fmt.Errorf("anonymise: no policy is given: name the file it is for, its k and its l")
	case p.K < 2:
		return fmt.Errorf("anonymise: k is %d: a record must share its background with others", p.K)
	case p.WeightDecimals < 0 || p.WeightDecimals > 6:
		return fmt.Errorf("anonymise: weights of %d decimals: give 0 to 6", p.WeightDecimals)
	case len(p.Sensitive) > 0 && p.L < 1:
		return fmt.Errorf("anonymise: l is %d: say how many values sensitive variables need in a group, 1 to report them only", p.L)
	case p.Replicates < 0 || p.Replicates == 1 || p.Replicates > 1000:
		return fmt.Errorf("anonymise: %d replicate weights: give none, or 2 to 1000", p.Replicates)
	case p.CountStep < 1:
		return fmt.Errorf("anonymise: population counts in steps of %d: give 1 or more", p.CountStep)
	}
	return nil
}
