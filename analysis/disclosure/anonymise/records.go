package anonymise

import (
	"errors"
	"fmt"
	"sort"

	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// The columns read from a wave and from its weights.
const (
	waveUnit        = "unit"
	waveDisposition = "disposition"
	complete        = "complete" // the disposition of a respondent

	weightsUnit   = "unit"
	weightsFinal  = "weight"
	weightsClass  = "class"   // variance stratum
	weightsClassN = "class_n" // workplaces of the variance stratum in the frame
)

// record is one respondent on the way to the file.
type record struct {
	row    int // in the wave
	unit   string
	weight float64
	class  string
	values []uint64 // of each sensitive variable, the bit of the value

	background // as published once the ladder has run
}

// background is what may be known of a workplace from outside.
type background struct{ sector, subsector, size, region string }

// class is one variance stratum of the true design.
type class struct {
	population float64 // class_n
	rows       int     // units of positive weight
	complete   int     // of these, respondents
}

// respondents joins the complete answers of a wave with their weights, ordered
// by unit key.
func respondents(w *microdata.Wave, weights *microdata.Data) ([]record, map[string]*class, error) {
	known, err := columns(w.Data, waveUnit, waveDisposition, "sector", "subsector", "size", "region")
	if err != nil {
		return nil, nil, fmt.Errorf("anonymise: wave %s: %w", w.ID, err)
	}
	weighted, classes, err := weightsOf(weights)
	if err != nil {
		return nil, nil, err
	}
	var records []record
	var faults []error
	for i := range w.Rows() {
		if known[1].Level(i) != complete {
			continue
		}
		r := record{row: i, unit: known[0].Level(i), background: background{
			sector: known[2].Level(i), subsector: known[3].Level(i), size: known[4].Level(i), region: known[5].Level(i)}}
		own, ok := weighted[r.unit]
		switch {
		case r.sector == "" || r.subsector == "" || r.size == "" || r.region == "":
			faults = append(faults, fmt.Errorf("anonymise: wave %s, row %d: sector, subsector, size or region is missing", w.ID, i+1))
		case !ok || !(own.weight > 0) || own.class == "":
			faults = append(faults, fmt.Errorf("anonymise: wave %s, row %d: the respondent has no weight or no class", w.ID, i+1))
		default:
			r.weight, r.class = own.weight, own.class
			classes[r.class].complete++
			records = append(records, r)
		}
	}
	sort.Slice(records, func(i, j int) bool { return records[i].unit < records[j].unit })
	return records, classes, errors.Join(faults...)
}

// weightsOf reads the weights by unit, and the variance strata.
func weightsOf(weights *microdata.Data) (map[string]record, map[string]*class, error) {
	texts, err := columns(weights, weightsUnit, weightsClass)
	if err != nil {
		return nil, nil, fmt.Errorf("anonymise: weights: %w", err)
	}
	final, err := numbers(weights, weightsFinal)
	if err != nil {
		return nil, nil, err
	}
	population, err := numbers(weights, weightsClassN)
	if err != nil {
		return nil, nil, err
	}
	byUnit, classes := make(map[string]record, weights.Rows()), make(map[string]*class)
	for i := range weights.Rows() {
		if !(final[i] > 0) {
			continue
		}
		r := record{unit: texts[0].Level(i), class: texts[1].Level(i), weight: final[i]}
		if _, taken := byUnit[r.unit]; taken {
			return nil, nil, fmt.Errorf("anonymise: weights, row %d: the unit stands twice", i+1)
		}
		c := classes[r.class]
		switch {
		case c == nil:
			c = &class{population: population[i]}
			classes[r.class] = c
		case c.population != population[i]:
			return nil, nil, fmt.Errorf("anonymise: weights: class %s counts both %v and %v workplaces", r.class, c.population, population[i])
		}
		c.rows++
		byUnit[r.unit] = r
	}
	return byUnit, classes, nil
}

// columns returns the named categorical columns.
func columns(d *microdata.Data, names ...string) ([]*microdata.Column, error) {
	found := make([]*microdata.Column, len(names))
	for i, name := range names {
		c, err := d.Column(name)
		if err != nil {
			return nil, err
		}
		if c.IsNumeric() {
			return nil, fmt.Errorf("column %s holds numbers, not codes", name)
		}
		found[i] = c
	}
	return found, nil
}

func numbers(d *microdata.Data, name string) ([]float64, error) {
	c, err := d.Column(name)
	if err != nil {
		return nil, fmt.Errorf("anonymise: weights: %w", err)
	}
	if !c.IsNumeric() {
		return nil, fmt.Errorf("anonymise: weights: column %s holds codes, not numbers", name)
	}
	return c.Number, nil
}

// notAsked is the bit of a value that is missing since nobody asked for it.
const notAsked = 63

// addSensitive notes each record's values of the sensitive variables.
func addSensitive(records []record, w *microdata.Wave, names []string) error {
	for _, name := range names {
		c, err := w.Column(name)
		if err != nil {
			return fmt.Errorf("anonymise: wave %s: the policy calls %s sensitive: %w", w.ID, name, err)
		}
		if len(c.Levels) >= notAsked {
			return fmt.Errorf("anonymise: wave %s: the sensitive variable %s has %d values, more than can be told apart", w.ID, name, len(c.Levels))
		}
		for i := range records {
			records[i].values = append(records[i].values, valueBit(c, records[i].row))
		}
	}
	return nil
}

func valueBit(c *microdata.Column, row int) uint64 {
	switch {
	case c.Missing(row) && c.Reason != nil && c.Reason[row] == codebook.NotAsked:
		return 1 << notAsked
	case c.Missing(row):
		return 0
	case c.IsNumeric():
		return 1 << (uint64(c.Number[row]) % notAsked)
	}
	return 1 << c.Code[row]
}
