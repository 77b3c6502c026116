package formats_test

import (
	"math"
	"strings"
	"testing"

	"barometer/analysis/disclosure/anonymise"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/publish/internal/publishtest"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

func TestGoal28_MicrodataThatMayNotBeReleasedIsRefusedByName(t *testing.T) {
	variable := func(f *anonymise.File, name string) *codebook.Variable {
		for i := range f.Codebook.Variables {
			if f.Codebook.Variables[i].Name == name {
				return &f.Codebook.Variables[i]
			}
		}
		t.Fatalf("no variable %s", name)
		return nil
	}
	column := func(f *anonymise.File, name string) *microdata.Column {
		c, err := f.Data.Column(name)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	cases := []struct {
		name   string
		damage func(*anonymise.File)
		want   string
	}{
		{"value without a code", func(f *anonymise.File) { v := variable(f, "c4"); v.Codes = v.Codes[:2] },
			`row 3, variable c4: the value "ved_ikke" has no code`},
		{"code without English", func(f *anonymise.File) { variable(f, "c4").Codes[1].Label.EN = "" },
			"variable c4: label of code tilpasset: the English text is missing"},
		{"label without Danish", func(f *anonymise.File) { variable(f, "innov").Label.DA = "" },
			"variable innov: label: the Danish text is missing"},
		{"code twice", func(f *anonymise.File) { v := variable(f, "c4"); v.Codes[1].Value = "foerst" }, "code foerst stands twice"},
		{"binary value that is none", func(f *anonymise.File) { column(f, "innov").Number[2] = 7 }, `row 3, variable innov: the value "7"`},
		{"infinite weight", func(f *anonymise.File) { column(f, "weight").Number[1] = math.Inf(1) }, "row 2, variable weight"},
		{"gap without a reason", func(f *anonymise.File) { column(f, "weight").Number[4] = math.NaN() }, "row 5, variable weight: the value is missing without a reason"},
		{"names that differ by case", func(f *anonymise.File) {
			f.Codebook.Variables = append(f.Codebook.Variables, codebook.Variable{Name: "C4", Kind: codebook.Numeric, Label: i18n.Same("x")})
			if err := f.Data.Add(microdata.Numbers("C4", make([]float64, f.Data.Rows()))); err != nil {
				t.Fatal(err)
			}
		}, "columns c4 and C4 differ by case only"},
		{"variable without a description", func(f *anonymise.File) { f.Codebook.Variables = f.Codebook.Variables[1:] }, "6 columns but 5 variables"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := publishtest.Microdata(t, 12)
			if err := formats.CheckMicrodata(f); err != nil {
				t.Fatalf("the undamaged file is refused: %v", err)
			}
			c.damage(f)
			if err := formats.CheckMicrodata(f); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestTableWithAGapInItsTextsIsRefusedByName(t *testing.T) {
	cases := []struct {
		name   string
		damage func(*publishtest.Stored)
		want   string
	}{
		{"indicator", func(s *publishtest.Stored) { s.Indicators[1].Label.EN = "" }, "indicator value.kvalitet: label: the English text is missing"},
		{"domain", func(s *publishtest.Stored) { s.Domains[2].Label.DA = "" }, "domain sector:region: label: the Danish text is missing"},
		{"question in one language", func(s *publishtest.Stored) { s.Indicators[0].Question.EN = "" }, "indicator innov_rate: question: the English text is missing"},
		{"unknown dimension", func(s *publishtest.Stored) {
			s.Domains[1] = table.Domain{Breakdown: "shoe", Codes: []string{"43"}, Label: i18n.Same("43")}
		}, `the dimension "shoe" has no name`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := publishtest.Draft()
			if err := formats.CheckTable(s.Table(t)); err != nil {
				t.Fatalf("the undamaged table is refused: %v", err)
			}
			c.damage(&s)
			if err := formats.CheckTable(s.Table(t)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestDomainWithTheWrongNumberOfCodesIsRefused(t *testing.T) {
	s := publishtest.Draft()
	s.Domains[1].Codes = append(s.Domains[1].Codes, "extra")
	if _, err := formats.Tables(s.Table(t)); err == nil || !strings.Contains(err.Error(), "sector:kommune:extra has 2 codes") {
		t.Errorf("error %v", err)
	}
}

func TestFaultsAreListedUpToALimitAndThenCounted(t *testing.T) {
	g := &formats.Grid{Name: "g", Rows: 30, Columns: []formats.Column{{Name: "x", Type: formats.Number,
		Cell: func(int) formats.Cell { return formats.NumberCell(math.NaN()) }}}}
	err := g.Check()
	if err == nil || strings.Count(err.Error(), "\n") != 20 || !strings.HasSuffix(err.Error(), "and 10 faults more") {
		t.Errorf("error %v", err)
	}
}

// Goal 10 of publishing: −0 prints 0.
func TestGoal10_NegativeZeroIsZero(t *testing.T) {
	if c := formats.NumberCell(math.Copysign(0, -1)); math.Signbit(c.Number) {
		t.Error("the cell holds negative zero")
	}
}

func TestGoal25_ReasonsForGapsStayApart(t *testing.T) {
	f := publishtest.Microdata(t, 4)
	c, err := f.Data.Column("c4")
	if err != nil {
		t.Fatal(err)
	}
	for name, lay := range map[string]func() *formats.Grid{
		"codes":   func() *formats.Grid { return formats.Codes(f) },
		"Danish":  func() *formats.Grid { return formats.Labels(f, i18n.Danish) },
		"English": func() *formats.Grid { return formats.Labels(f, i18n.English) },
	} {
		seen := make(map[string]bool)
		for _, reason := range codebook.Reasons {
			c.Code[0], c.Reason[0] = -1, reason
			text := lay().Columns[4].Cell(0).Text
			if seen[text] || !strings.HasPrefix(text, "[") {
				t.Errorf("%s: reason %v reads %q, which another reason reads too or no bracket marks", name, reason, text)
			}
			seen[text] = true
		}
	}
}

// A correction of every figure must not make the history too long for a cell.
func TestLongHistoryFitsACell(t *testing.T) {
	a := publishtest.About()
	a.Changes[0].Cells = make([]string, 5000)
	for i := range a.Changes[0].Cells {
		a.Changes[0].Cells[i] = "value.politiske_maal × sector_size:kommune:100+"
	}
	book := formats.MicrodataBook(publishtest.Microdata(t, 4), a, i18n.English)
	changes := book.Sheets[len(book.Sheets)-1]
	if err := changes.Check(); err != nil {
		t.Error(err)
	}
	if text := changes.Columns[3].Cell(0).Text; !strings.HasSuffix(text, "and 4\u202f900 more, see manifest.json") {
		t.Errorf("the history ends %q", text[len(text)-60:])
	}
}
