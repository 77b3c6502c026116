package sample

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Release takes units of a stratum's reserve into the sample. They are the
// next ones by permanent random number, so that sample and released units
// together are a simple random sample of the stratum; the weights follow. Units
// that did not answer stay in the sample, and in the response rate.
type Release struct {
	At      time.Time
	Stratum string
	Units   int
	Reason  string
}

// reserve sets the reserve of every stratum, and moves what was released from
// it to the take.
func reserve(cells []*cell, p Plan, released []Release) error {
	byCode := make(map[string]*cell, len(cells))
	for _, c := range cells {
		byCode[c.Code] = c
		c.allocated = c.Take
		c.Reserve = min(c.N-c.Take, int(math.Ceil(p.Reserve*float64(c.Take)-tolerance)))
	}
	var faults []error
	for _, r := range released {
		switch c := byCode[r.Stratum]; {
		case c == nil:
			faults = append(faults, fmt.Errorf("reserve: the sample has no stratum %s", r.Stratum))
		case r.Units < 1:
			faults = append(faults, fmt.Errorf("reserve: %d units of stratum %s cannot be released", r.Units, r.Stratum))
		case r.Units > c.Reserve:
			faults = append(faults, fmt.Errorf("reserve: %d units of stratum %s are to be released, %d are left", r.Units, r.Stratum, c.Reserve))
		default:
			c.Take += r.Units
			c.Reserve -= r.Units
		}
	}
	return errors.Join(faults...)
}

// releaseColumns are the columns of the record of releases.
var releaseColumns = []string{"time", "stratum", "units", "reason"}

// WriteReleases writes the record of releases as a CSV file.
func WriteReleases(w io.Writer, released []Release) error {
	rows := csv.NewWriter(w)
	rows.Write(releaseColumns) // an error is kept for the flush
	for _, r := range released {
		rows.Write([]string{r.At.UTC().Format(time.RFC3339), r.Stratum, strconv.Itoa(r.Units), r.Reason})
	}
	rows.Flush()
	return rows.Error()
}

// ReadReleases reads what [WriteReleases] wrote. Every faulty row is named.
func ReadReleases(r io.Reader, file string) ([]Release, error) {
	rows := csv.NewReader(io.LimitReader(r, 1<<20))
	rows.FieldsPerRecord = len(releaseColumns)
	records, err := rows.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], releaseColumns) {
		return nil, fmt.Errorf("%s: its columns must be %s", file, strings.Join(releaseColumns, ","))
	}
	var released []Release
	var faults []error
	for i, record := range records[1:] {
		at, err := time.Parse(time.RFC3339, record[0])
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: time %q is not like 2025-09-30T12:00:00Z", file, i+2, record[0]))
		}
		n, err := strconv.Atoi(record[2])
		if err != nil || n < 1 {
			faults = append(faults, fmt.Errorf("%s:%d: units %q is no positive whole number", file, i+2, record[2]))
		}
		released = append(released, Release{At: at, Stratum: record[1], Units: n, Reason: record[3]})
	}
	return released, errors.Join(faults...)
}
