// Package fieldwork counts how the collection goes, stratum by stratum, and
// reckons response rates.
//
// The sample, the contacts' statuses and the responses' statuses come in; a
// [Monitor] goes out, in which every sampled unit is counted exactly once by
// its disposition. It sees no answer and no address. Who is reminded is
// decided elsewhere, from the same dispositions.
package fieldwork

import (
	"errors"
	"fmt"

	"barometer/survey/contact"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// Rule says which partial responses count as such. One with fewer answered
// items than MinAnswered is a break-off, which the rates treat like a refusal
// (AAPOR, Standard Definitions, 10th ed., on complete, partial and break-off).
type Rule struct {
	MinAnswered int
}

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

// Stratum is the state of one stratum.
type Stratum struct {
	Code string `json:"stratum"`
	Counts
}

// Monitor is the state of a wave's collection.
type Monitor struct {
	Wave   string    `json:"wave"`
	Total  Counts    `json:"total"`
	Strata []Stratum `json:"strata"` // in the order of the sample
}

// Watch counts the units of a sample. It refuses statuses that do not
// reconcile with the sample, naming every unit: one that was not drawn, or
// that stands twice.
func Watch(s *sample.Sample, contacts []contact.Status, responses []response.Status, rule Rule) (*Monitor, error) {
	m := &Monitor{Wave: s.Wave, Strata: make([]Stratum, len(s.Strata))}
	position := make(map[string]int, len(s.Strata))
	for i, st := range s.Strata {
		m.Strata[i].Code = st.Code
		position[st.Code] = i
	}
	contacted, err := index(contacts, func(c contact.Status) string { return c.Unit })
	answered, err2 := index(responses, func(r response.Status) string { return r.Unit })
	faults := []error{err, err2}
	for _, u := range s.Units {
		i, ok := position[u.Stratum]
		if !ok {
			faults = append(faults, fmt.Errorf("unit %s: the sample has no stratum %s", u.Key, u.Stratum))
			continue
		}
		m.Strata[i].count(contacted[u.Key], answered[u.Key], rule)
		delete(contacted, u.Key)
		delete(answered, u.Key)
	}
	faults = append(faults, strangers("contact", contacts, contacted, func(c contact.Status) string { return c.Unit }))
	faults = append(faults, strangers("response", responses, answered, func(r response.Status) string { return r.Unit }))
	faults = append(faults, m.reconcile(s.Strata))
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("fieldwork of wave %s: %w", s.Wave, err)
	}
	return m, nil
}

// count adds one sampled unit; c and r are zero where nothing is known.
func (c *Counts) count(contacted contact.Status, answered response.Status, rule Rule) {
	c.Sampled++
	if !contacted.Invited.IsZero() {
		c.Invited++
	}
	if !contacted.Opened.IsZero() {
		c.Opened++
	}
	switch answered.Disposition {
	case response.Complete:
		c.Complete++
	case response.Partial:
		if answered.Answered < rule.MinAnswered {
			c.BreakOff++
		} else {
			c.Partial++
		}
	case response.Refused:
		c.Refused++
	case response.Unknown:
		c.Unknown++
	case response.Ineligible:
		c.Ineligible++
	default:
		c.Noncontact++
	}
}

// reconcile sums the strata into the total and holds each against the number
// of units the sample says it has.
func (m *Monitor) reconcile(strata []sample.Stratum) error {
	var faults []error
	for i, st := range m.Strata {
		if st.Sampled != strata[i].Take {
			faults = append(faults, fmt.Errorf("stratum %s: %d units in the sample, its allocation says %d", st.Code, st.Sampled, strata[i].Take))
		}
		m.Total = m.Total.plus(st.Counts)
	}
	return errors.Join(faults...)
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

// index maps statuses by unit and names those that stand twice.
func index[T any](list []T, unit func(T) string) (map[string]T, error) {
	byUnit := make(map[string]T, len(list))
	var faults []error
	for _, s := range list {
		if _, twice := byUnit[unit(s)]; twice {
			faults = append(faults, fmt.Errorf("unit %s has two statuses", unit(s)))
		}
		byUnit[unit(s)] = s
	}
	return byUnit, errors.Join(faults...)
}

// strangers names the statuses that no sampled unit has claimed, in the order
// of the list.
func strangers[T any](kind string, list []T, unclaimed map[string]T, unit func(T) string) error {
	var faults []error
	for _, s := range list {
		if _, left := unclaimed[unit(s)]; left {
			faults = append(faults, fmt.Errorf("%s status of unit %s, which is not in the sample", kind, unit(s)))
			delete(unclaimed, unit(s))
		}
	}
	return errors.Join(faults...)
}
