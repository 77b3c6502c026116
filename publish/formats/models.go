package formats

import (
	"barometer/analysis/table"
	"barometer/internal/i18n"
)

// modelled is one model-based figure with its address.
type modelled struct {
	listed
	model  table.Model
	figure table.ModelFigure
}

// listModels lists the model-based figures beside a table.
func listModels(t *table.Table, m *table.Models) ([]modelled, error) {
	var faults Faults
	faults.Add(m.Fits(t))
	domains := make(map[string]table.Domain)
	for _, d := range t.Domains() {
		domains[d.ID()] = d
	}
	var list []modelled
	for _, model := range m.List {
		ind, _ := t.Indicator(model.Indicator)
		for _, f := range model.Figures {
			cell, _ := t.Cell(model.Indicator, f.Domain)
			list = append(list, modelled{listed{ind, domains[f.Domain], cell}, model, f})
		}
	}
	return list, faults.Err()
}

// modelNumbers are the numbers of a model-based figure in the order they stand
// in every file.
var modelNumbers = []struct {
	name   string
	da, en string
	of     func(table.ModelFigure) float64
}{
	{"value", "Værdi", "Value", func(f table.ModelFigure) float64 { return f.Value }},
	{"low", "Nedre grænse", "Lower limit", func(f table.ModelFigure) float64 { return f.Low }},
	{"high", "Øvre grænse", "Upper limit", func(f table.ModelFigure) float64 { return f.High }},
	{"rmse", "Kvadratrod af middelkvadratfejl", "Root mean squared error", func(f table.ModelFigure) float64 { return f.RMSE }},
}

// Models returns the model-based figures as a long grid for data files. They
// stand in a file of their own, each with the status "m": nobody can take one
// for a figure of the survey by leaving a column out. table_status is what the
// table says of the same group.
func Models(t *table.Table, m *table.Models) (*Grid, error) {
	rows, err := listModels(t, m)
	if err != nil {
		return nil, err
	}
	g := &Grid{Name: "models", Rows: len(rows)}
	g.text("wave", func(int) string { return m.Wave })
	g.text("indicator", func(r int) string { return rows[r].indicator.ID })
	g.text("breakdown", func(r int) string { return rows[r].domain.Breakdown })
	g.text("domain", func(r int) string { return rows[r].figure.Domain })
	g.text("indicator_da", func(r int) string { return rows[r].indicator.Label.DA })
	g.text("indicator_en", func(r int) string { return rows[r].indicator.Label.EN })
	g.text("group_da", func(r int) string { return rows[r].domain.Label.DA })
	g.text("group_en", func(r int) string { return rows[r].domain.Label.EN })
	for _, n := range modelNumbers {
		g.number(n.name, Number, func(r int) Cell { return NumberCell(n.of(rows[r].figure)) })
	}
	g.number("groups", Count, func(r int) Cell { return NumberCell(float64(rows[r].model.Groups)) })
	g.text("status", func(int) string { return table.Modelled })
	g.text("basis", func(r int) string { return string(rows[r].figure.Basis) })
	g.text("table_status", func(r int) string { return string(rows[r].cell.Status()) })
	g.text("note_da", func(r int) string { return rows[r].figure.Note().DA })
	g.text("note_en", func(r int) string { return rows[r].figure.Note().EN })
	return g, g.Check()
}

// modelRemark says what the status of model-based figures means.
var modelRemark = i18n.Text{
	DA: "Modelbaseret skøn for en gruppe, hvis eget tal ikke vises eller er usikkert. Beregnet ud fra de viste tal alene; står på et ark for sig",
	EN: "Model-based estimate for a group whose own figure is not shown or is uncertain. Computed from shown figures alone; on a sheet of its own"}

// modelSheet lists the model-based figures in a workbook.
func modelSheet(t *table.Table, m *table.Models, l i18n.Lang) (Sheet, error) {
	rows, err := listModels(t, m)
	if err != nil {
		return Sheet{}, err
	}
	w := words(l)
	g := &Grid{Name: "models", Rows: len(rows)}
	add := func(name, title string, width float64, value func(modelled) string) {
		c := g.text(name, func(r int) string { return value(rows[r]) })
		c.Title, c.Width = title, width
	}
	add("indicator", w("Kode", "Code"), 26, func(m modelled) string { return m.indicator.ID })
	add("label", w("Indikator", "Indicator"), 46, func(m modelled) string { return m.indicator.Label.In(l) })
	add("group", w("Gruppe", "Group"), 40, func(m modelled) string { return m.domain.Label.In(l) })
	for _, n := range modelNumbers {
		c := g.number(n.name, Number, func(r int) Cell {
			cell := NumberCell(n.of(rows[r].figure))
			cell.Shown = shownAs(rows[r].indicator.Kind)
			return cell
		})
		c.Title = w(n.da, n.en)
	}
	g.number("groups", Count, func(r int) Cell { return NumberCell(float64(rows[r].model.Groups)) }).Title = w("Grupper bag modellen", "Groups behind the model")
	add("status", w("Status", "Status"), 10, func(modelled) string { return table.Modelled })
	add("table_status", w("Status i tabellen", "Status in the table"), 16, func(m modelled) string { return string(m.cell.Status()) })
	add("remark", w("Bemærkning", "Remark"), 80, func(m modelled) string { return m.figure.Note().In(l) })
	return Sheet{Name: w("Modelbaserede skøn", "Model-based estimates"), Fixed: 3, Grid: g}, g.Check()
}
