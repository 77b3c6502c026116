package formats

import (
	"fmt"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
)

// TableBook lays out a table as a workbook in one language: what it is, the
// indicators, and one sheet for each breakdown with a row for each figure. Models
// may be nil; their figures have a sheet of their own.
func TableBook(t *table.Table, m *table.Models, a About, l i18n.Lang) (Book, error) {
	w := words(l)
	book := newBook(a, l, w("Tabeller", "Tables"))
	indicators, err := indicatorSheet(t, w, l)
	if err != nil {
		return Book{}, err
	}
	sheets := []Sheet{indicators}
	for _, name := range Breakdowns(t) {
		s, err := breakdownSheet(t, name, l)
		if err != nil {
			return Book{}, err
		}
		sheets = append(sheets, s)
	}
	if m != nil {
		s, err := modelSheet(t, m, l)
		if err != nil {
			return Book{}, err
		}
		sheets = append(sheets, s)
	}
	book.Sheets = append([]Sheet{tablesReadme(t, m, a, sheets, l)}, sheets...)
	return book, nil
}

// words picks the wording in one language.
func words(l i18n.Lang) func(da, en string) string {
	return func(da, en string) string { return i18n.Text{DA: da, EN: en}.In(l) }
}

func newBook(a About, l i18n.Lang, subject string) Book {
	if a.Synthetic {
		subject += " – " + words(l)("syntetiske data", "synthetic data")
	}
	return Book{Title: a.Title.In(l), Subject: subject, Author: a.Publisher.In(l), Language: string(l), Created: a.Built}
}

// indicatorSheet describes the indicators, one a row.
func indicatorSheet(t *table.Table, w func(da, en string) string, l i18n.Lang) (Sheet, error) {
	rows := t.Indicators()
	g := &Grid{Name: "indicators", Rows: len(rows)}
	add := func(name, title string, width float64, value func(table.Indicator) string) {
		c := g.text(name, func(r int) string { return value(rows[r]) })
		c.Title, c.Width, c.Wrap = title, width, true
	}
	add("family", w("Emne", "Topic"), 44, func(i table.Indicator) string { return i.FamilyLabel.In(l) })
	add("indicator", w("Kode", "Code"), 26, func(i table.Indicator) string { return i.ID })
	add("label", w("Indikator", "Indicator"), 46, func(i table.Indicator) string { return i.Label.In(l) })
	add("base", w("Hvem tallet handler om", "Who the figure is about"), 40, func(i table.Indicator) string { return i.Base.In(l) })
	add("unit", w("Enhed", "Unit"), 22, func(i table.Indicator) string { return i.Unit.In(l) })
	add("item", w("Spørgsmål nr.", "Question no."), 16, func(i table.Indicator) string { return i.Item })
	add("question", w("Spørgsmålets ordlyd", "Wording of the question"), 70, func(i table.Indicator) string { return i.Question.In(l) })
	add("notes", w("Bemærkning", "Remark"), 50, func(i table.Indicator) string { return indicatorRemark(i, l) })
	return Sheet{Name: w("Indikatorer", "Indicators"), Fixed: 2, Grid: g}, g.Check()
}

func indicatorRemark(i table.Indicator, l i18n.Lang) string {
	if !i.Note.IsZero() {
		return strings.TrimSpace(answerRemark(i, l) + " " + i.Note.In(l))
	}
	return answerRemark(i, l)
}

func answerRemark(i table.Indicator, l i18n.Lang) string {
	switch {
	case i.Multiple:
		return words(l)("Flere svar var mulige, så andelene summer ikke til 100 pct.", "Several answers were possible, so shares do not add to 100%.")
	case i.Counted:
		return words(l)("Optalt i stikprøven og derfor uden statistisk usikkerhed.", "Counted in the sample, so without sampling error.")
	}
	return ""
}

// breakdownSheet lists the figures of one breakdown, indicator by indicator.
func breakdownSheet(t *table.Table, breakdown string, l i18n.Lang) (Sheet, error) {
	w := words(l)
	cells, err := listCells(t, t.Breakdown(breakdown))
	if err != nil {
		return Sheet{}, err
	}
	g := &Grid{Name: breakdown, Rows: len(cells)}
	add := func(name, title string, width float64, value func(listed) string) {
		c := g.text(name, func(r int) string { return value(cells[r]) })
		c.Title, c.Width = title, width
	}
	add("family", w("Emne", "Topic"), 44, func(c listed) string { return c.indicator.FamilyLabel.In(l) })
	add("indicator", w("Kode", "Code"), 26, func(c listed) string { return c.indicator.ID })
	add("label", w("Indikator", "Indicator"), 46, func(c listed) string { return c.indicator.Label.In(l) })
	for _, d := range DimensionsOf(breakdown) {
		label, err := DimensionLabel(d)
		if err != nil {
			return Sheet{}, err
		}
		add(d, label.In(l)+w(" (kode)", " (code)"), 0, func(c listed) string { return c.code(d) })
	}
	add("group", w("Gruppe", "Group"), 40, func(c listed) string { return c.domain.Label.In(l) })
	addFigures(g, cells, w)
	add("status", w("Status", "Status"), 10, func(c listed) string { return string(c.cell.Status()) })
	add("remark", w("Bemærkning", "Remark"), 50, func(c listed) string { return Remark(c.cell.Status()).In(l) })
	name, err := breakdownName(breakdown, l)
	return Sheet{Name: name, Fixed: 3, Grid: g}, firstError(err, g.Check())
}

// addFigures adds the numbers of the cells, each shown as its kind wants it.
func addFigures(g *Grid, cells []listed, w func(da, en string) string) {
	titles := map[string]string{
		"value": w("Værdi", "Value"), "low": w("Nedre grænse", "Lower limit"), "high": w("Øvre grænse", "Upper limit"),
		"se": w("Standardfejl", "Standard error"), "df": w("Frihedsgrader", "Degrees of freedom"), "n": w("Antal svar", "Answers"),
	}
	for _, f := range figures {
		shown := Number
		if f.name == "n" || f.name == "df" {
			shown = Count
		}
		c := g.number(f.name, Number, func(r int) Cell {
			cell := cells[r].figure(f.of)
			cell.Shown = shown
			if shown == Number {
				cell.Shown = shownAs(cells[r].indicator.Kind)
			}
			return cell
		})
		c.Title = titles[f.name]
	}
}

func shownAs(k table.Kind) Type {
	if k == table.Share {
		return Percent
	}
	return Decimal
}

// breakdownName is what a breakdown is called on the tab of its sheet.
func breakdownName(breakdown string, l i18n.Lang) (string, error) {
	if breakdown == total {
		return words(l)("Hele landet", "Whole country"), nil
	}
	var names []string
	for _, d := range DimensionsOf(breakdown) {
		label, err := DimensionLabel(d)
		if err != nil {
			return "", err
		}
		names = append(names, label.In(l))
	}
	return strings.Join(names, " × "), nil
}

// Remark says in words what the status of a cell means.
func Remark(s table.Status) i18n.Text {
	switch s {
	case table.Uncertain:
		return i18n.Text{DA: "Usikkert tal: få svar eller bredt interval", EN: "Uncertain figure: few answers or a wide interval"}
	case table.Confidential:
		return i18n.Text{DA: "Vises ikke af hensyn til fortrolighed", EN: "Not shown for confidentiality"}
	case table.Unreliable:
		return i18n.Text{DA: "Vises ikke, da tallet er for usikkert", EN: "Not shown, as the figure is too uncertain"}
	case table.Empty:
		return i18n.Text{DA: "Ingen svar i gruppen", EN: "No answers in the group"}
	}
	return i18n.Text{}
}

// statuses are the marks a figure can have in a file.
var statuses = []table.Status{table.Uncertain, table.Confidential, table.Unreliable, table.Empty}

// tablesReadme is the first sheet: what the workbook is and how to read it.
func tablesReadme(t *table.Table, m *table.Models, a About, sheets []Sheet, l i18n.Lang) Sheet {
	w := words(l)
	r := &readme{}
	r.opening(a, l)
	r.add(w("Periode", "Period"), t.Period.In(l))
	r.add(w("Grundlag", "Basis"), fmt.Sprintf(w("%s arbejdspladser i rammen, %s i stikprøven, %s har svaret.",
		"%s workplaces in the frame, %s in the sample, %s answered."),
		number.Integer(t.Frame, l), number.Integer(t.Sample, l), number.Integer(t.Respondents, l)))
	r.add(w("Vægtning", "Weighting"), t.Weighting.In(l))
	for _, s := range sheets {
		r.add(w("Ark", "Sheet"), s.Name)
	}
	r.add(w("Værdi", "Value"), w("Andele står som procent, indeks som point fra 0 til 100. Tallene er vægtede og gælder alle offentlige arbejdspladser i rammen.",
		"Shares are in percent, indices in points from 0 to 100. Figures are weighted and stand for all public workplaces in the frame."))
	r.add(w("Nedre og øvre grænse", "Lower and upper limit"), fmt.Sprintf(w("Intervallet, der med %.0f pct. sikkerhed rummer den sande værdi.",
		"The %.0f%% confidence interval."), 100*t.Level))
	r.add(w("Antal svar", "Answers"), w("Så mange arbejdspladser bygger tallet på.", "How many workplaces the figure is based on."))
	for _, s := range statuses {
		r.add("Status "+string(s), Remark(s).In(l))
	}
	if m != nil {
		r.add("Status "+table.Modelled, modelRemark.In(l))
	}
	r.closing(a, l)
	return r.sheet(l)
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
