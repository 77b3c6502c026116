// Package publishtest makes small tables and research files for the tests of
// package publish: every status, every kind of indicator and variable, Danish
// letters and characters that some format must escape.
package publishtest

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"barometer/analysis/disclosure/anonymise"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/reports/quality"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Built is a build time, in a zone other than UTC.
var Built = time.Date(2026, 3, 2, 8, 0, 0, 0, time.FixedZone("CET", 3600))

// About is what the files of a release say of themselves.
func About() formats.About {
	return formats.About{Wave: "2025", Version: "1.0", Synthetic: true,
		Title:     i18n.Text{DA: "Innovationsbarometeret 2025", EN: "Innovation Barometer 2025"},
		Publisher: i18n.Text{DA: "Center for Offentlig Innovation", EN: "National Centre for Public Sector Innovation"},
		Contact:   "barometer@example.dk",
		Licence:   formats.Licence{Name: "CC BY 4.0", URL: "https://creativecommons.org/licenses/by/4.0/"},
		Built:     Built,
		Changes:   []formats.Change{{Version: "1.0", Date: "2026-03-02", Reason: i18n.Text{DA: "Første udgivelse.", EN: "First release."}}},
	}
}

// Stored is a table in its stored form, to be changed and then made.
type Stored struct {
	Meta       table.Meta        `json:"meta"`
	Indicators []table.Indicator `json:"indicators"`
	Domains    []table.Domain    `json:"domains"`
	Cells      []Cell            `json:"cells"`
}

// Cell is a cell in its stored form.
type Cell struct {
	Status table.Status  `json:"status,omitempty"`
	Figure *table.Figure `json:"figure,omitempty"`
}

// Table makes the table of a draft.
func (s Stored) Table(t testing.TB) *table.Table {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	made := new(table.Table)
	if err := made.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	return made
}

// Draft is a table of every kind of indicator by total, sector, size, and
// sector × size, with a cell of every status.
func Draft() Stored {
	text := func(da, en string) i18n.Text { return i18n.Text{DA: da, EN: en} }
	percent, all := text("pct. af arbejdspladser", "% of workplaces"), text("alle arbejdspladser", "all workplaces")
	s := Stored{Meta: table.Meta{Wave: "2025", Synthetic: true, Period: text("2024–2025", "2024–2025"),
		Title: text("Innovationsbarometeret 2025", "Innovation Barometer 2025"), Frame: 14297, Sample: 4494, Respondents: 1611,
		Ineligible: 90, Level: 0.95, EffectiveN: 1234.5, ResponseRate: 0.3658,
		Weighting: text("vægtet for bortfald efter delsektor og størrelse", "weighted for nonresponse by subsector and size")}}
	s.Indicators = []table.Indicator{
		{ID: "innov_rate", Family: "innov_rate", FamilyLabel: text("Innovation", "Innovation"), Label: text("Innovative arbejdspladser", "Innovative workplaces"),
			Kind: table.Share, Unit: percent, Base: all, Item: "B1", Question: text("Tog I »noget« nyt i brug, fx <ydelse> & \"proces\"?", "Did you take anything new into use?")},
		{ID: "value.kvalitet", Family: "value", FamilyLabel: text("Værdi", "Value"), Label: text("Højere kvalitet", "Higher quality"),
			Kind: table.Share, Unit: percent, Base: text("innovative arbejdspladser", "innovative workplaces"), Item: "E1", Multiple: true,
			Question: text("Hvilken værdi kom der?", "Which value was achieved?")},
		{ID: "culture", Family: "culture", FamilyLabel: text("Kultur", "Culture"), Label: text("Innovationskultur", "Innovation culture"),
			Kind: table.Score, Unit: text("point, 0–100", "points, 0–100"), Base: all, Item: "K1"},
		{ID: "response_rate", Family: "response_rate", FamilyLabel: text("Svar", "Response"), Label: text("Svarprocent", "Response rate"),
			Kind: table.Share, Unit: percent, Base: text("stikprøven", "the sample"), Counted: true},
	}
	add := func(breakdown string, label i18n.Text, codes ...string) {
		s.Domains = append(s.Domains, table.Domain{Breakdown: breakdown, Codes: codes, Label: label})
	}
	add("total", text("Hele landet", "Whole country"))
	for _, c := range codebook.Sectors().Codes {
		add("sector", c.Label, c.Value)
	}
	for _, c := range codebook.Sizes().Codes {
		add("size", c.Label, c.Value)
	}
	add("sector_size", text("Kommune, 1–19 ansatte", "Municipality, 1–19 employees"), "kommune", "1-19")
	add("sector_size", text("Region, 100 ansatte eller flere", "Region, 100 employees or more"), "region", "100+")
	statuses := []table.Status{table.Published, table.Published, table.Uncertain, table.Published, table.Confidential, table.Unreliable, table.Empty}
	for i, ind := range s.Indicators {
		for j := range s.Domains {
			s.Cells = append(s.Cells, draftCell(ind, statuses[(7*i+3*j)%len(statuses)], i, j))
		}
	}
	return s
}

// Models is a model beside the draft with a figure for a confidential cell.
func Models() *table.Models {
	return &table.Models{Wave: "2025", Level: 0.95, List: []table.Model{{
		Indicator: "innov_rate", Breakdown: "size", Method: "reml", Groups: 2, Between: 0.001,
		Coefficients: []table.Coefficient{
			{Name: "intercept", Label: i18n.Text{DA: "Konstantled", EN: "Intercept"}, Value: 0.7, SE: 0.02},
			{Name: "large", Label: i18n.Text{DA: "Andel store", EN: "Share of large ones"}, Value: 0.1, SE: 0.03}},
		Covariates: []table.Covariates{{Domain: "size:50-99", X: []float64{1, 0.1}}},
		Figures: []table.ModelFigure{
			{Domain: "size:50-99", Basis: table.Prediction, Value: 0.71, Low: 0.6, High: 0.82, RMSE: 0.05},
		},
	}}}
}

func draftCell(ind table.Indicator, status table.Status, i, j int) Cell {
	if status.Suppressed() {
		return Cell{Status: status}
	}
	f := table.Figure{Value: math.Mod(0.8+0.137*float64(i)+0.0731*float64(j), 1), SE: 0.0123456789 / float64(j+1), DF: float64(100 + j), N: 1611 / (j + 1)}
	f.Low, f.High = f.Value-1.96*f.SE, f.Value+1.96*f.SE
	if ind.Kind == table.Score {
		f.Value, f.Low, f.High, f.SE = 100*f.Value, 100*f.Low, 100*f.High, 100*f.SE
	}
	return Cell{Status: status, Figure: &f}
}

// Microdata is a research file of every kind of variable with n records.
func Microdata(t testing.TB, n int) *anonymise.File {
	t.Helper()
	text := func(da, en string) i18n.Text { return i18n.Text{DA: da, EN: en} }
	sector := codebook.Sectors().Variable(codebook.RoleFrame)
	c4 := codebook.Variable{Name: "c4", Kind: codebook.Categorical, Role: codebook.RoleAnswer, Item: "C4",
		Label: text("Hvor ny er den?", "How new is it?"), Question: text("Hvor ny er fornyelsen?", "How new is the innovation?"),
		Asked: text("innovative arbejdspladser", "innovative workplaces"), Codes: []codebook.Code{
			{Value: "foerst", Number: 1, Label: text("Vi var først", "We were first")},
			{Value: "tilpasset", Number: 2, Label: text("Tilpasset; ændret \"lidt\", måske", "Adapted")},
			{Value: "ved_ikke", Number: 9, Label: text("Ved ikke", "Don't know"), DontKnow: true}}}
	book := codebook.Codebook{Variables: []codebook.Variable{
		{Name: anonymise.ColumnRecord, Kind: codebook.Key, Role: codebook.RoleKey, Label: text("Løbenummer", "Record id")},
		sector,
		{Name: anonymise.ColumnWeight, Kind: codebook.Numeric, Role: codebook.RoleDesign, Label: text("Vægt", "Weight"), Unit: text("arbejdspladser", "workplaces")},
		{Name: "innov", Kind: codebook.Binary, Role: codebook.RoleAnswer, Label: text("Innovativ", "Innovative")},
		c4,
		{Name: "c2_proces", Kind: codebook.Binary, Role: codebook.RoleAnswer, Item: "C2", Label: text("Ny proces", "New process")},
	}}
	var ids, sectors, novelty []string
	var weight, innov, process []float64
	var asked []codebook.Missing
	for i := range n {
		ids = append(ids, "r"+strconv.Itoa(100000+i))
		sectors = append(sectors, sector.Codes[i%3].Value)
		weight = append(weight, float64(100+i%50)/8)
		if i%4 == 0 {
			innov, novelty, process, asked = append(innov, 0), append(novelty, ""), append(process, math.NaN()), append(asked, codebook.NotAsked)
			continue
		}
		innov, novelty, process, asked = append(innov, 1), append(novelty, c4.Codes[i%3].Value), append(process, float64(i%2)), append(asked, codebook.Present)
	}
	columns := []microdata.Column{
		categories(t, "record", ids, ids), categories(t, "sector", codebook.Sectors().Values(), sectors),
		microdata.Numbers("weight", weight), microdata.Numbers("innov", innov),
		categories(t, "c4", []string{"foerst", "tilpasset", "ved_ikke"}, novelty), microdata.Numbers("c2_proces", process),
	}
	columns[4].Reason, columns[5].Reason = asked, asked
	data, err := microdata.New(columns...)
	if err != nil {
		t.Fatal(err)
	}
	return &anonymise.File{Wave: "2025", Synthetic: true, Codebook: book, Data: data,
		Report: anonymise.Report{K: 5, Records: n, Smallest: 7, Cells: 3, Strata: 3}}
}

func categories(t testing.TB, name string, levels, values []string) microdata.Column {
	t.Helper()
	c, err := microdata.Categories(name, levels, values)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Wide is a research file of n records with v coded variables, one in three
// asked of some records only.
func Wide(t testing.TB, n, v int) *anonymise.File {
	t.Helper()
	f := Microdata(t, n)
	columns := f.Data.Columns()
	variables := f.Codebook.Variables
	kinds := []int{3, 4, 5}
	for i := len(columns); i < v; i++ {
		k := kinds[i%3]
		variable, column := variables[k], columns[k]
		variable.Name += "_" + strconv.Itoa(i)
		column.Name = variable.Name
		if err := f.Data.Add(column); err != nil {
			t.Fatal(err)
		}
		f.Codebook.Variables = append(f.Codebook.Variables, variable)
	}
	return f
}

// QualityPage is the smallest quality report that a release accepts.
func QualityPage(l i18n.Lang) []byte {
	page := `<!doctype html><html lang="` + string(l) + `"><title>Kvalitet</title><h1>Kvalitet</h1>`
	for _, section := range quality.Sections {
		page += `<section><h2 id="` + section + `">` + section + `</h2><p>x</p></section>`
	}
	return []byte(page)
}
