package fieldwork

import "barometer/survey/response"

// Counts are numbers of units. The dispositions from Complete to Ineligible
// add up to Sampled; Invited and Opened stand beside them.
type Counts struct {
	Sampled int `json:"sampled"`
	Invited int `json:"invited"` // a code was issued
	Opened  int `json:"opened"`  // a code was used

	Complete   int `json:"complete"`
	Partial    int `json:"partial"`
	BreakOff   int `json:"break_off"` // answered something, less than a partial
	Refused    int `json:"refused"`
	Noncontact int `json:"noncontact"` // also opened, nothing answered
	Unknown    int `json:"unknown"`
	Ineligible int `json:"ineligible"`
}

// add counts n units of a disposition, of which so many have enough answers to
// be partials.
func (c *Counts) add(d response.Disposition, n, enough int) {
	switch d {
	case response.Complete:
		c.Complete += n
	case response.Partial:
		c.Partial += enough
		c.BreakOff += n - enough
	case response.Refused:
		c.Refused += n
	case response.Unknown:
		c.Unknown += n
	case response.Ineligible:
		c.Ineligible += n
	default:
		c.Noncontact += n
	}
}

func (c Counts) plus(d Counts) Counts {
	return Counts{
		Sampled:    c.Sampled + d.Sampled,
		Invited:    c.Invited + d.Invited,
		Opened:     c.Opened + d.Opened,
		Complete:   c.Complete + d.Complete,
		Partial:    c.Partial + d.Partial,
		BreakOff:   c.BreakOff + d.BreakOff,
		Refused:    c.Refused + d.Refused,
		Noncontact: c.Noncontact + d.Noncontact,
		Unknown:    c.Unknown + d.Unknown,
		Ineligible: c.Ineligible + d.Ineligible,
	}
}
