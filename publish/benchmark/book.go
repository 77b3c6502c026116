package benchmark

import (
	"time"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// About is what a workbook says of itself.
type About struct {
	Author    string
	Created   time.Time
	Source    string // release that the peers' figures are from
	Rules     []string
	Synthetic string // says that the figures are invented, "" where they are not
}

// words of the workbook, in both languages.
var words = map[string]i18n.Text{
	"title":     {DA: "Jeres svar ved siden af andres", EN: "Your answers beside those of others"},
	"sheet":     {DA: "Jeres svar", EN: "Your answers"},
	"chart":     {DA: "Figur", EN: "Chart"},
	"about":     {DA: "Læs mig", EN: "Read me"},
	"text":      {DA: "Tekst", EN: "Text"},
	"indicator": {DA: "Indikator", EN: "Indicator"},
	"own":       {DA: "Jer (0 = nej, 100 = ja)", EN: "You (0 = no, 100 = yes)"},
	"peers":     {DA: "Sammenlignelige (pct. eller point)", EN: "Peers (per cent or points)"},
	"low":       {DA: "Interval fra", EN: "Interval from"},
	"high":      {DA: "Interval til", EN: "Interval to"},
	"n":         {DA: "Antal svar", EN: "Answers"},
	"group":     {DA: "Sammenlignet med", EN: "Compared with"},
	"verdict":   {DA: "Vurdering", EN: "Verdict"},
}

// Book is the comparison as a workbook: the lines with a chart of them, and how
// to read it.
func Book(lines []Line, about About, l i18n.Lang) formats.Book {
	b := formats.Book{
		Title: words["title"].In(l), Author: about.Author, Language: string(l), Created: about.Created,
		Sheets: []formats.Sheet{
			{Name: words["sheet"].In(l), Fixed: 1, Grid: grid(lines, l)},
			{Name: words["about"].In(l), Grid: readMe(about, l)},
		},
	}
	if len(lines) > 0 {
		b.Bars = &formats.Bars{Name: words["chart"].In(l), Title: words["title"].In(l), Of: 0, Labels: 0, Values: []int{1, 2}}
	}
	return b
}

func grid(lines []Line, l i18n.Lang) *formats.Grid {
	g := &formats.Grid{Name: "benchmark", Rows: len(lines)}
	add := func(name string, kind formats.Type, width float64, cell func(Line) formats.Cell) {
		g.Columns = append(g.Columns, formats.Column{Name: name, Title: words[name].In(l), Type: kind, Width: width,
			Cell: func(row int) formats.Cell { return cell(lines[row]) }})
	}
	number := func(of func(table.Figure) float64) func(Line) formats.Cell {
		return func(line Line) formats.Cell {
			if line.Verdict == TooFew {
				return formats.Blank
			}
			return formats.NumberCell(line.percent(of(line.Peers.Figure)))
		}
	}
	add("indicator", formats.Text, 50, func(line Line) formats.Cell { return formats.TextCell(line.Name(l)) })
	add("own", formats.Decimal, 24, func(line Line) formats.Cell { return formats.NumberCell(line.percent(line.Own)) })
	add("peers", formats.Decimal, 34, number(func(f table.Figure) float64 { return f.Value }))
	add("low", formats.Decimal, 16, number(func(f table.Figure) float64 { return f.Low }))
	add("high", formats.Decimal, 16, number(func(f table.Figure) float64 { return f.High }))
	add("n", formats.Count, 14, func(line Line) formats.Cell {
		if line.Verdict == TooFew {
			return formats.Blank
		}
		return formats.NumberCell(float64(line.Peers.Figure.N))
	})
	add("group", formats.Text, 44, func(line Line) formats.Cell { return formats.TextCell(line.Peers.Domain.Label.In(l)) })
	add("verdict", formats.Text, 22, func(line Line) formats.Cell { return formats.TextCell(line.Verdict.Words().In(l)) })
	return g
}

// percent puts a value on the scale from 0 to 100 that all lines share.
func (line Line) percent(x float64) float64 {
	if line.Indicator.Kind == table.Score {
		return x
	}
	return 100 * x
}

// Name is what a line is called where its family is not in sight.
func (line Line) Name(l i18n.Lang) string {
	if family := line.Indicator.FamilyLabel.In(l); family != line.Indicator.Label.In(l) {
		return family + ": " + line.Indicator.Label.In(l)
	}
	return line.Indicator.Label.In(l)
}

func readMe(about About, l i18n.Lang) *formats.Grid {
	lines := append([]string{about.Source}, about.Rules...)
	if about.Synthetic != "" {
		lines = append([]string{about.Synthetic}, lines...)
	}
	return &formats.Grid{Name: "about", Rows: len(lines), Columns: []formats.Column{
		{Name: "text", Title: words["text"].In(l), Width: 110, Wrap: true, Cell: func(row int) formats.Cell { return formats.TextCell(lines[row]) }},
	}}
}
