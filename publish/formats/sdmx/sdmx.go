// Package sdmx writes cubes as SDMX-CSV 2.0 and reads them back.
//
// A cube.Cube comes in; a row for each cell goes out: the dataflow and its
// version, the codes of all dimensions, the value, and the attributes
// OBS_STATUS, CONF_STATUS and DECIMALS by the code lists of SDMX. Labels and
// units are left to the sibling formats. Ids of SDMX are letters, digits, _ and
// -, and @ and $, which no code of ours has: they stand for point and plus, so
// that "value.quality" is written value@quality and comes back as it was.
package sdmx

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"barometer/publish/cube"
)

// Extension ends the names of the files.
const Extension = ".sdmx.csv"

// MediaType is the registered type with its version (SDMX REST 2).
const MediaType = "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"

// agency maintains the dataflows.
const agency = "BAROMETER"

// Names of the columns beside those of the dimensions.
const (
	timePeriod = "TIME_PERIOD"
	value      = "OBS_VALUE"
)

var (
	leading    = []string{"STRUCTURE", "STRUCTURE_ID", "ACTION"}
	attributes = []string{value, "OBS_STATUS", "CONF_STATUS", "DECIMALS"}
	flow       = regexp.MustCompile(`^` + agency + `:([A-Za-z0-9_@$-]+)\(([0-9]+\.[0-9]+)\)$`)
)

var (
	outward = strings.NewReplacer(".", "@", "+", "$")
	inward  = strings.NewReplacer("@", ".", "$", "+")
)

// Write writes a cube. A version that is no version of SDMX is refused before
// the first byte.
func Write(w io.Writer, c *cube.Cube) error {
	structure := agency + ":" + outward.Replace(c.ID) + "(" + c.Version + ")"
	if !flow.MatchString(structure) {
		return fmt.Errorf("table %s: its id and version %q cannot name a dataflow of SDMX", c.ID, c.Version)
	}
	out := bufio.NewWriter(w)
	header := append([]string{}, leading...)
	for _, d := range c.Dimensions() {
		header = append(header, column(d))
	}
	out.WriteString(strings.Join(append(header, attributes...), ",") + "\n")
	measures := c.Measures().Codes
	line := make([]byte, 0, 256)
	for row := range c.Observations() {
		before := []byte("dataflow," + structure + ",I")
		for i, at := range c.Place(row) {
			before = append(append(before, ','), outward.Replace(c.Dimensions()[i].Codes[at].ID)...)
		}
		for i, cell := range c.Observation(row) {
			line = append(append(append(line[:0], before...), ','), outward.Replace(measures[i].ID)...)
			line = append(line, ',')
			if x, shown := cell.Number(); shown {
				line = strconv.AppendFloat(line, x, 'f', measures[i].Decimals, 64)
			}
			m := cell.Status().Marks()
			line = append(append(line, ","+m.Obs+","+m.Conf+","...), strconv.Itoa(measures[i].Decimals)...)
			out.Write(append(line, '\n'))
		}
	}
	return out.Flush()
}

// column names a dimension as SDMX does.
func column(d cube.Dimension) string {
	if d.Role == cube.Time {
		return timePeriod
	}
	return strings.ToUpper(d.ID)
}

// Read reads a file that Write wrote, as a cube of codes and cells alone, as
// cube.Bare returns it. It refuses rows that are not every combination of codes
// once and in order.
func Read(r io.Reader) (*cube.Cube, error) {
	in := csv.NewReader(r)
	in.LazyQuotes = false
	records, err := in.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("sdmx-csv: %w", err)
	}
	if len(records) < 2 {
		return nil, errors.New("sdmx-csv: the file has no rows")
	}
	c, err := read(records[0], records[1:])
	if err != nil {
		return nil, fmt.Errorf("sdmx-csv: %w", err)
	}
	return c, nil
}

func read(header []string, records [][]string) (*cube.Cube, error) {
	n := len(header) - len(leading) - len(attributes)
	if n < 2 || !slices.Equal(header[:len(leading)], leading) || !slices.Equal(header[len(leading)+n:], attributes) {
		return nil, fmt.Errorf("the columns %q are not those of SDMX-CSV", header)
	}
	names := make([]string, n-1)
	for i := range names {
		names[i] = strings.ToLower(header[len(leading)+i])
		if header[len(leading)+i] == timePeriod {
			names[i] = cube.WaveDimension
		}
	}
	rows, measures, err := wide(records, n)
	if err != nil {
		return nil, err
	}
	return cube.FromBareRows(names, measures, rows)
}

// wide gathers the measures of each combination of codes in one row: codes,
// numbers, status.
func wide(records [][]string, n int) ([][]string, []string, error) {
	var rows [][]string
	var measures []string
	for at, r := range records {
		codes := make([]string, n)
		for i := range codes {
			codes[i] = inward.Replace(r[len(leading)+i])
		}
		if err := sameFlow(records[0], r); err != nil {
			return nil, nil, fmt.Errorf("row %d: %w", at+1, err)
		}
		if !slices.Contains(measures, codes[n-1]) {
			measures = append(measures, codes[n-1])
		}
	}
	for at := 0; at < len(records); at += len(measures) {
		row, err := gathered(records, at, n, measures)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, row)
	}
	return rows, measures, nil
}

func sameFlow(first, r []string) error {
	switch {
	case !slices.Equal(first[:len(leading)], r[:len(leading)]):
		return fmt.Errorf("its dataflow or action is not that of the first row")
	case r[0] != "dataflow" || r[2] != "I" || !flow.MatchString(r[1]):
		return fmt.Errorf("%q is no dataflow, or %q no information", r[1], r[2])
	}
	return nil
}

// gathered is one row of the measures that begin at a record.
func gathered(records [][]string, at, n int, measures []string) ([]string, error) {
	codes := func(i int) []string { return records[i][len(leading) : len(leading)+n] }
	row := make([]string, n-1, n+len(measures))
	for i := range row {
		row[i] = inward.Replace(codes(at)[i])
	}
	status := cube.NotApplicable
	for i, m := range measures {
		if at+i >= len(records) || inward.Replace(codes(at + i)[n-1]) != m || !slices.Equal(codes(at + i)[:n-1], codes(at)[:n-1]) {
			return nil, fmt.Errorf("row %d: the measure %s is missing or out of order", at+i+1, m)
		}
		number, s, err := observed(records[at+i][len(leading)+n:])
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", at+i+1, err)
		}
		if s != cube.NotApplicable {
			if status != cube.NotApplicable && status != s {
				return nil, fmt.Errorf("row %d: its status is not that of the row before", at+i+1)
			}
			status = s
		}
		row = append(row, number)
	}
	return append(row, status.String()), nil
}

// observed reads value and attributes of a record.
func observed(fields []string) (string, cube.Status, error) {
	s, err := cube.ParseStatus(fields[1]+" "+fields[2], func(m cube.Marks) bool { return m.Obs == fields[1] && m.Conf == fields[2] })
	if err != nil {
		return "", 0, err
	}
	if s.Suppressed() != (fields[0] == "") {
		return "", 0, fmt.Errorf("the value %q does not fit its status %s", fields[0], fields[1])
	}
	if fields[0] == "" {
		return "", s, nil
	}
	x, err := strconv.ParseFloat(fields[0], 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return "", 0, fmt.Errorf("%.40q is no number", fields[0])
	}
	return strconv.FormatFloat(x, 'f', -1, 64), s, nil
}
