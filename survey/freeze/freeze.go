// Package freeze is the first gate: it turns a collection into data.
//
// A sample, its questionnaire and its responses come in; a microdata.Wave goes
// out, with one row for every sampled unit, since weighting needs the silent
// ones too. What passes is a key of the unit under a secret of the wave (see
// [Meta]), where it is asked for a key that joins waves, the design, the classes of the frame, the disposition, and the
// coded answers on each unit's route. What
// stays behind is everything else: names, addresses, P-numbers, CVR numbers, the
// unit keys of the collection, municipalities, headcounts, access codes, receipts,
// times, whatever was written in words, and answers that the route no longer
// asks for. Rows are sorted by the new key, so
// that their order tells nothing either.
//
// A partial response keeps its disposition and what it answered; what it had
// not come to is "no response". Estimation uses complete ones alone. Units that
// refused, were not eligible or were never heard from have no answers, also
// where they had begun.
package freeze

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// Meta is what the wave says of itself.
type Meta struct {
	Synthetic bool   // demonstration data, shown wherever a figure is
	UnitKey   []byte // secret of the wave; nil leaves the units their keys of the collection
	PanelKey  []byte // secret of the waves that are to be compared; nil leaves the column panel out
}

// Build freezes a wave. It is refused whole, with every fault named by unit:
// a response of a unit that was not drawn or of another wave, two responses of
// one, a complete response with gaps, a unit key that gives its unit away. The
// result depends on nothing but the arguments, and not on their order.
func Build(s *sample.Sample, q *questionnaire.Questionnaire, records []response.Record, meta Meta) (*microdata.Wave, error) {
	units := slices.SortedFunc(slices.Values(s.Units), func(a, b sample.Selected) int {
		return strings.Compare(a.Key, b.Key)
	})
	byUnit, err := match(s.Wave, units, records)
	if err := errors.Join(checkKeys(units), err, checkComplete(q, units, byUnit)); err != nil {
		return nil, fmt.Errorf("freeze wave %s: %w", s.Wave, err)
	}
	if meta.UnitKey != nil {
		units, byUnit = rename(units, byUnit, meta.UnitKey)
	}
	t := newTable()
	t.design(s, units, byUnit)
	if meta.PanelKey != nil {
		t.panel(units, meta.PanelKey)
	}
	t.answers(q, units, byUnit)
	w, err := t.wave(s.Wave, meta.Synthetic)
	if err != nil {
		return nil, fmt.Errorf("freeze wave %s: %w", s.Wave, err)
	}
	return w, nil
}

// Gather collects the records that [response.Store.All] yields. Any that does
// not open stops the freeze; the error names them all.
func Gather(all iter.Seq2[response.Record, error]) ([]response.Record, error) {
	var records []response.Record
	var faults []error
	for r, err := range all {
		if err != nil {
			faults = append(faults, err)
			continue
		}
		records = append(records, r)
	}
	return records, errors.Join(faults...)
}

// match finds each unit's record; units without one are absent from the map.
func match(wave string, units []sample.Selected, records []response.Record) (map[string]response.Record, error) {
	drawn := make(map[string]bool, len(units))
	for _, u := range units {
		drawn[u.Key] = true
	}
	var faults []error
	byUnit := make(map[string]response.Record, len(records))
	for _, r := range records {
		_, twice := byUnit[r.Unit]
		switch {
		case r.Wave != wave:
			faults = append(faults, fmt.Errorf("unit %s: its response belongs to wave %s", r.Unit, r.Wave))
		case !drawn[r.Unit]:
			faults = append(faults, fmt.Errorf("unit %s: has a response but is not in the sample", r.Unit))
		case twice:
			faults = append(faults, fmt.Errorf("unit %s: has two responses", r.Unit))
		}
		byUnit[r.Unit] = r
	}
	return byUnit, errors.Join(faults...)
}

// checkKeys refuses keys by which a unit could be found again without the
// sample: the key is all that passes the gate of a unit's identity.
func checkKeys(units []sample.Selected) error {
	var faults []error
	for i, u := range units {
		switch {
		case u.Key == "":
			faults = append(faults, fmt.Errorf("a unit of stratum %s has no key", u.Stratum))
		case i > 0 && u.Key == units[i-1].Key:
			faults = append(faults, fmt.Errorf("two units have the key %s", u.Key))
		case holds(u.Key, u.PNumber) || holds(u.Key, u.CVR) || holds(u.Key, u.Email) || holds(u.Key, u.Name):
			faults = append(faults, fmt.Errorf("the key of a unit of stratum %s holds its number or name", u.Stratum))
		}
	}
	return errors.Join(faults...)
}

func holds(key, identity string) bool {
	return identity != "" && strings.Contains(strings.ToLower(key), strings.ToLower(identity))
}

// checkComplete holds every complete response against the questionnaire once
// more: what was submitted under another version must not slip through.
func checkComplete(q *questionnaire.Questionnaire, units []sample.Selected, byUnit map[string]response.Record) error {
	faults := make([]error, len(units))
	each(len(units), func(i int) {
		key := units[i].Key
		r := byUnit[key]
		if r.Disposition != response.Complete {
			return
		}
		for _, f := range q.Complete(r.Answers) {
			faults[i] = errors.Join(faults[i], fmt.Errorf("unit %s: submitted as complete, but item %s is %s; reopen it or set its disposition",
				key, f.Field(), f.Rule))
		}
	})
	return errors.Join(faults...)
}
