package chart

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// Data returns every plotted value in the order it is drawn, row by row.
func (c *Chart) Data() []Point {
	var list []Point
	for _, r := range c.rows {
		list = append(list, r.points...)
		if r.net != nil {
			list = append(list, *r.net)
		}
	}
	return list
}

// CSV writes [Chart.Data] as a file with a header: values in percent or points
// with a decimal point, nothing where a figure is suppressed; figures that others
// published have neither interval nor number of answers.
func (c *Chart) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"indicator", "indicator_label", "domain", "domain_label", "series", "wave", "value", "low", "high", "n", "status"}); err != nil {
		return err
	}
	for _, p := range c.Data() {
		record := []string{p.Indicator, plain(p.IndicatorLabel), p.Domain, plain(p.DomainLabel), plain(p.Series), p.Wave, "", "", "", "", string(p.Status)}
		if p.Shown() {
			record[6] = decimal(p.Value)
		}
		if p.Shown() && !p.External {
			record[7], record[8], record[9] = decimal(p.Low), decimal(p.High), strconv.Itoa(p.N)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// plain is a label as data: without soft hyphens, and with an apostrophe before
// a first character that a spreadsheet takes for a formula.
func plain(s string) string {
	s = strings.ReplaceAll(s, softHyphen, "")
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
