package fieldwork

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

// fields are the counts in the order of [countColumns].
func (c *Counts) fields() []any {
	return []any{&c.Sampled, &c.Invited, &c.Opened, &c.Complete, &c.Partial, &c.BreakOff, &c.Refused, &c.Noncontact, &c.Unknown, &c.Ineligible}
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
