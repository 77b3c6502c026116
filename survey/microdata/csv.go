package microdata

import (
	"encoding/csv"
	"io"
	"strconv"

	"barometer/survey/codebook"
)

// WriteCSV writes data as comma-separated values (RFC 4180): UTF-8 without a
// byte order mark, lines ended by a line feed, a heading, categories by their
// codes, numbers with the fewest digits that give them back. A missing value is
// written by its reason in brackets ([codebook.Missing.Mark]), or as nothing
// where the reason is not known. Nothing is changed for the sake of
// spreadsheets: what is read back is what was written.
func WriteCSV(w io.Writer, d *Data) error {
	out := csv.NewWriter(w)
	record := make([]string, len(d.columns))
	for j := range d.columns {
		record[j] = d.columns[j].Name
	}
	if err := out.Write(record); err != nil {
		return err
	}
	for i := range d.rows {
		for j := range d.columns {
			record[j] = d.columns[j].field(i)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (c *Column) field(i int) string {
	switch {
	case c.Missing(i) && (c.Reason == nil || c.Reason[i] == codebook.Present):
		return ""
	case c.Missing(i):
		return c.Reason[i].Mark()
	case c.IsNumeric():
		return strconv.FormatFloat(c.Number[i], 'f', -1, 64)
	}
	return c.Level(i)
}
