package formats

import "barometer/analysis/table"

// Correction is a figure that differs between two versions of a release. Where
// a version does not have the cell, its status is [Absent].
type Correction struct {
	Indicator string     `json:"indicator"`
	Domain    string     `json:"domain"`
	Before    Correctand `json:"before"`
	After     Correctand `json:"after"`
}

// Correctand is one side of a [Correction]: the figure where it is shown, else
// why it is not.
type Correctand struct {
	Status table.Status  `json:"status"`
	Figure *table.Figure `json:"figure,omitempty"`
}

// Absent is the status of a cell that a version does not have.
const Absent table.Status = "absent"

// Side describes a cell of one version.
func Side(c table.Cell, there bool) Correctand {
	if !there {
		return Correctand{Status: Absent}
	}
	s := Correctand{Status: c.Status()}
	if f, shown := c.Figure(); shown {
		s.Figure = &f
	}
	return s
}

// Corrections returns the corrections of a version as a long grid for data
// files. A side that is not shown has a status and no number.
func Corrections(list []Correction) (*Grid, error) {
	g := &Grid{Name: "corrections", Rows: len(list)}
	g.text("indicator", func(r int) string { return list[r].Indicator })
	g.text("domain", func(r int) string { return list[r].Domain })
	for _, side := range []struct {
		name string
		of   func(Correction) Correctand
	}{
		{"before", func(c Correction) Correctand { return c.Before }},
		{"after", func(c Correction) Correctand { return c.After }},
	} {
		g.text(side.name+"_status", func(r int) string { return string(side.of(list[r]).Status) })
		for _, f := range corrected {
			g.number(side.name+"_"+f.name, Number, func(r int) Cell {
				if s := side.of(list[r]); s.Figure != nil {
					return NumberCell(f.of(*s.Figure))
				}
				return Blank
			})
		}
	}
	return g, g.Check()
}

// corrected are the numbers of a corrected figure.
var corrected = []struct {
	name string
	of   func(table.Figure) float64
}{
	{"value", func(f table.Figure) float64 { return f.Value }},
	{"low", func(f table.Figure) float64 { return f.Low }},
	{"high", func(f table.Figure) float64 { return f.High }},
	{"n", func(f table.Figure) float64 { return float64(f.N) }},
}
