package sample

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

// columns are the columns of a sample file, in order. Wave, seed and frame are
// the same in every row, so that the file stands alone. Those of frame.Contact
// follow where the frame had them.
var columns = []string{
	"wave", "seed", "frame_sha256",
	"key", "p_number", "cvr", "name", "email", "sector", "subsector", "municipality", "region", "employees",
	"size", "stratum", "stratum_n", "stratum_take", "inclusion_prob", "design_weight", "selection",
}

// Write writes the sample as a CSV file. It holds names and addresses: it
// belongs in the fieldwork's archive and never in a release.
func (s *Sample) Write(w io.Writer) error {
	rows := csv.NewWriter(w)
	known := contacts(s.Units)
	if err := rows.Write(known.columns(columns)); err != nil {
		return err
	}
	for _, u := range s.Units {
		err := rows.Write(known.row(u, []string{
			s.Wave, strconv.FormatUint(s.Seed, 10), s.FrameHash,
			u.Key, u.PNumber, u.CVR, u.Name, u.Email, u.Sector, u.Subsector, u.Municipality, u.Region, strconv.Itoa(u.Employees),
			u.Size, u.Stratum, strconv.Itoa(u.StratumN), strconv.Itoa(u.StratumTake), float(u.InclusionProb), float(u.DesignWeight), s.Selection,
		}))
		if err != nil {
			return err
		}
	}
	rows.Flush()
	return rows.Error()
}

// WriteReserve lists the units that stand by, in the order in which they would
// be released. Like the sample it holds names and addresses.
func (s *Sample) WriteReserve(w io.Writer) error {
	rows := csv.NewWriter(w)
	known := contacts(s.Reserve)
	rows.Write(known.columns([]string{"wave", "stratum", "rank", "key", "p_number", "cvr", "name", "email", "municipality", "employees"})) // an error is kept for the flush
	rank := make(map[string]int)
	for _, u := range s.Reserve {
		rank[u.Stratum]++
		rows.Write(known.row(u, []string{s.Wave, u.Stratum, strconv.Itoa(rank[u.Stratum]), u.Key,
			u.PNumber, u.CVR, u.Name, u.Email, u.Municipality, strconv.Itoa(u.Employees)}))
	}
	rows.Flush()
	return rows.Error()
}

// contacted says whether any unit of a file has a frame.Contact.
type contacted bool

func contacts(units []Selected) contacted {
	return contacted(slices.ContainsFunc(units, func(u Selected) bool { return u.Contact != frame.Contact{} }))
}

func (c contacted) columns(columns []string) []string {
	if !c {
		return columns
	}
	return slices.Concat(columns, frame.ContactColumns)
}

func (c contacted) row(u Selected, record []string) []string {
	if !c {
		return record
	}
	return append(record, u.Contact.Fields()...)
}

func float(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// Read reads a sample that [Sample.Write] wrote. A file that was changed so
// that strata, probabilities and rows no longer agree is refused.
func Read(r io.Reader, file string) (*Sample, error) {
	rows := csv.NewReader(r)
	header, err := rows.Read() // every row has as many fields
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if !slices.Equal(header, contacted(len(header) > len(columns)).columns(columns)) {
		return nil, fmt.Errorf("%s: is no sample file: its columns are %v", file, header)
	}
	in := reading{sample: &Sample{}, variables: variables(), keys: make(map[string]int)}
	for {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		line, _ := rows.FieldPos(0)
		if err := in.row(line, record); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
	}
	if err := in.complete(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return in.sample, nil
}

// reading is a sample while its file is read.
type reading struct {
	sample    *Sample
	variables []variable
	units     []frame.Unit
	keys      map[string]int // row of each key
	counts    []int          // units read of each stratum
}

func (in *reading) row(line int, record []string) error {
	u, err := selected(record)
	if err != nil {
		return err
	}
	if first, again := in.keys[u.Key]; again || u.Key == "" {
		return fmt.Errorf("key %q is empty or stands already in row %d", u.Key, first)
	}
	in.keys[u.Key] = line
	if err := in.origin(record); err != nil {
		return err
	}
	in.units = append(in.units, u.Unit)
	in.sample.Units = append(in.sample.Units, u)
	return in.stratum(u)
}

// origin checks that every row is of one draw.
func (in *reading) origin(record []string) error {
	seed, err := strconv.ParseUint(record[1], 10, 64)
	if err != nil {
		return fmt.Errorf("seed %q is no whole number", record[1])
	}
	s := in.sample
	if len(s.Units) == 0 {
		s.Wave, s.Seed, s.FrameHash, s.Selection = record[0], seed, record[2], record[19]
	}
	if s.Wave != record[0] || s.Seed != seed || s.FrameHash != record[2] || s.Selection != record[19] {
		return fmt.Errorf("is of another draw (wave %s, seed %d) than the first row", record[0], seed)
	}
	return nil
}

// stratum counts the unit in its stratum; strata stand together.
func (in *reading) stratum(u Selected) error {
	s := in.sample
	last := len(s.Strata) - 1
	if last < 0 || s.Strata[last].Code != u.Stratum {
		if slices.ContainsFunc(s.Strata, func(st Stratum) bool { return st.Code == u.Stratum }) {
			return fmt.Errorf("stratum %s does not stand together", u.Stratum)
		}
		st := Stratum{Code: u.Stratum, N: u.StratumN, Take: u.StratumTake}
		for _, v := range in.variables {
			*v.at(&st) = v.of(u.Unit)
		}
		s.Strata, in.counts = append(s.Strata, st), append(in.counts, 0)
		last++
	}
	st := &s.Strata[last]
	if st.N != u.StratumN || st.Take != u.StratumTake {
		return fmt.Errorf("stratum %s has %d of %d units here, %d of %d above", st.Code, u.StratumTake, u.StratumN, st.Take, st.N)
	}
	st.share(u.Unit, in.variables)
	in.counts[last]++
	return nil
}

func (in *reading) complete() error {
	for i, st := range in.sample.Strata {
		if in.counts[i] != st.Take {
			return fmt.Errorf("stratum %s has %d rows, its take is %d", st.Code, in.counts[i], st.Take)
		}
	}
	return frame.Check(in.units, "units")
}

// selected reads the unit of one row; its probability and weight must be those
// of its stratum's counts.
func selected(record []string) (Selected, error) {
	u := Selected{
		Key: record[3],
		Unit: frame.Unit{
			PNumber: record[4], CVR: record[5], Name: record[6], Email: record[7],
			Sector: record[8], Subsector: record[9], Municipality: record[10], Region: record[11],
		},
		Size: record[13], Stratum: record[14],
	}
	if len(record) > len(columns) {
		u.Contact = frame.ContactOf(record[len(columns):])
	}
	for _, n := range []struct {
		into  *int
		field int
	}{{&u.Employees, 12}, {&u.StratumN, 15}, {&u.StratumTake, 16}} {
		v, err := strconv.Atoi(record[n.field])
		if err != nil || v < 1 {
			return u, fmt.Errorf("%s %q is no positive whole number", columns[n.field], record[n.field])
		}
		*n.into = v
	}
	if u.StratumTake > u.StratumN {
		return u, fmt.Errorf("stratum %s: %d units taken of %d", u.Stratum, u.StratumTake, u.StratumN)
	}
	if u.Size != codebook.SizeOf(u.Employees) {
		return u, fmt.Errorf("size %s does not fit %d employees", u.Size, u.Employees)
	}
	return u, u.chance(record[17], record[18], strings.Contains(record[19], unequal))
}

// chance sets the unit's inclusion probability and weight. With equal
// probabilities they must be those of the stratum's counts, otherwise the
// weight must be that of the probability.
func (u *Selected) chance(probability, weight string, bySize bool) error {
	u.InclusionProb = float64(u.StratumTake) / float64(u.StratumN)
	u.DesignWeight = float64(u.StratumN) / float64(u.StratumTake)
	if bySize && probability != float(u.InclusionProb) {
		p, err := strconv.ParseFloat(probability, 64)
		if err != nil || !(p > 0 && p <= 1) {
			return fmt.Errorf("probability %q is not above 0 and at most 1", probability)
		}
		u.InclusionProb, u.DesignWeight = p, 1/p
	}
	if probability != float(u.InclusionProb) || weight != float(u.DesignWeight) {
		return fmt.Errorf("probability %s and weight %s are not those of %d units out of %d", probability, weight, u.StratumTake, u.StratumN)
	}
	return nil
}
