package cube

import (
	"barometer/internal/i18n"
	"barometer/publish/formats"
)

// TableSheet is the place of the sheet with the figures in a [Cube.Book].
const TableSheet = 1

// Book lays out the cube as a workbook in one language: what it is, its figures
// in the rows of [Cube.Grid], and its codes.
func (c *Cube) Book(l i18n.Lang) (formats.Book, error) {
	one := c.In(l)
	g, err := one.Grid()
	if err != nil {
		return formats.Book{}, err
	}
	one.titled(g, l)
	say := func(da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }
	return formats.Book{Title: c.Title.In(l), Subject: c.ID + ", version " + c.Version, Author: c.Source.In(l), Language: string(l), Created: c.Updated,
		Sheets: []formats.Sheet{
			{Name: say("Læs mig", "Read me"), Grid: one.about(l)},
			{Name: say("Tal", "Figures"), Fixed: len(c.dimensions) - 1, Grid: g},
			{Name: say("Koder", "Codes"), Fixed: 2, Grid: one.codes(l)},
		}}, nil
}

// titled gives the columns of a grid their headings in a workbook.
func (c *Cube) titled(g *formats.Grid, l i18n.Lang) {
	titles := map[string]string{StatusColumn: "Status"}
	for _, d := range c.dimensions {
		titles[d.ID] = d.Label.In(l) + i18n.Text{DA: " (kode)", EN: " (code)"}.In(l)
		titles[d.ID+"_"+string(l)] = d.Label.In(l)
	}
	for _, m := range c.Measures().Codes {
		titles[m.ID] = m.Label.In(l)
	}
	for i, column := range g.Columns {
		g.Columns[i].Title = titles[column.Name]
		if column.Name == IndicatorDimension+"_"+string(l) {
			g.Columns[i].Width = 60
		}
	}
}

// about says in two columns what the table is and what its marks mean.
func (c *Cube) about(l i18n.Lang) *formats.Grid {
	say := func(da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }
	rows := [][]string{
		{say("Tabel", "Table"), c.Title.In(l)}, {say("Tabelkode", "Table code"), c.ID}, {"Version", c.Version},
		{say("Udgivet af", "Published by"), c.Source.In(l)}, {say("Licens", "Licence"), c.Licence.Name + " " + c.Licence.URL},
		{say("Kontakt", "Contact"), c.Contact},
	}
	for _, n := range c.Notes {
		rows = append(rows, []string{say("Bemærk", "Note"), n.In(l)})
	}
	for _, s := range Statuses[1:] {
		rows = append(rows, []string{"Status " + s.String(), s.Label().In(l)})
	}
	return list("readme", rows, []string{say("Emne", "Subject"), say("Indhold", "Content")}, 26, 110)
}

// codes lists the codes of every dimension with their notes.
func (c *Cube) codes(l i18n.Lang) *formats.Grid {
	say := func(da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }
	var rows [][]string
	for _, d := range c.dimensions {
		for _, code := range d.Codes {
			rows = append(rows, []string{d.Label.In(l), code.ID, code.Label.In(l), code.Unit.In(l), code.Note.In(l)})
		}
	}
	return list("codes", rows, []string{say("Dimension", "Dimension"), say("Kode", "Code"), say("Betydning", "Meaning"), say("Enhed", "Unit"), say("Bemærkning", "Remark")},
		20, 26, 60, 26, 60)
}

// list is a grid of texts under headings, its columns as wide as told.
func list(name string, rows [][]string, headings []string, widths ...float64) *formats.Grid {
	g := &formats.Grid{Name: name, Rows: len(rows)}
	for i, heading := range headings {
		g.Columns = append(g.Columns, formats.Column{Name: heading, Width: widths[i], Wrap: widths[i] > 30,
			Cell: func(r int) formats.Cell { return formats.TextCell(rows[r][i]) }})
	}
	return g
}
