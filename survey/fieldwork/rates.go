package fieldwork

import (
	"encoding/json"
	"fmt"
)

// Rate is a share of units. Units of unknown eligibility may count in part,
// so its terms need not be whole.
type Rate struct {
	Numerator   float64
	Denominator float64
}

// Value returns the rate as a ratio; ok is false where the denominator is zero
// and the rate is undefined.
func (r Rate) Value() (ratio float64, ok bool) {
	if r.Denominator == 0 {
		return 0, false
	}
	return r.Numerator / r.Denominator, true
}

// MarshalJSON writes the ratio, null where it is undefined.
func (r Rate) MarshalJSON() ([]byte, error) {
	ratio, ok := r.Value()
	if !ok {
		return []byte("null"), nil
	}
	return json.Marshal(ratio)
}

// Rates are the response rates RR1 to RR6 of AAPOR, Standard Definitions (10th
// ed., 2023). With I complete, P partial, R refused or broken off, U of unknown
// eligibility, and e the share of those that are eligible:
//
//	RR1 = I / (I + P + R + U)      RR2 = (I + P) / the same
//	RR3 = I / (I + P + R + eU)     RR4 = (I + P) / the same
//	RR5 = I / (I + P + R)          RR6 = (I + P) / the same
//
// Ineligible units are in none of them. U holds the silent workplaces too (see
// [response.Disposition]); there are no eligible noncontacts. RR5 takes all of
// U for ineligible, and with as many silent as here it is an upper bound that
// nobody should quote alone.
type Rates struct {
	E   float64 `json:"e"`
	RR1 Rate    `json:"rr1"`
	RR2 Rate    `json:"rr2"`
	RR3 Rate    `json:"rr3"`
	RR4 Rate    `json:"rr4"`
	RR5 Rate    `json:"rr5"`
	RR6 Rate    `json:"rr6"`
}

// Rates reckons the response rates of c. e is between 0 and 1; see
// [Counts.EligibleShare].
func (c Counts) Rates(e float64) (Rates, error) {
	if !(e >= 0 && e <= 1) {
		return Rates{}, fmt.Errorf("e = %v: the eligible share of unknown units lies between 0 and 1", e)
	}
	complete := float64(c.Complete)
	either := float64(c.Complete + c.Partial)
	eligible := float64(c.eligible())
	unknown := float64(c.unknown())
	return Rates{
		E:   e,
		RR1: Rate{complete, eligible + unknown},
		RR2: Rate{either, eligible + unknown},
		RR3: Rate{complete, eligible + e*unknown},
		RR4: Rate{either, eligible + e*unknown},
		RR5: Rate{complete, eligible},
		RR6: Rate{either, eligible},
	}, nil
}

// EligibleShare estimates e by the proportional method: the share of eligible
// units among those of known eligibility (CASRO, 1982). It is 1 where none is
// known.
func (c Counts) EligibleShare() float64 {
	known := c.eligible() + c.Ineligible
	if known == 0 {
		return 1
	}
	return float64(c.eligible()) / float64(known)
}

// eligible counts the units known to be eligible.
func (c Counts) eligible() int {
	return c.Complete + c.Partial + c.BreakOff + c.Refused
}

// unknown counts the units of unknown eligibility.
func (c Counts) unknown() int { return c.Noncontact + c.Unknown }
