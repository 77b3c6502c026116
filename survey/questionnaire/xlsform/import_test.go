package xlsform_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"barometer/survey/questionnaire"
	"barometer/survey/questionnaire/xlsform"
)

// edited is the small form as a workbook, with cells changed.
func edited(t *testing.T, edit func(*excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(export(t, loadFile(t, "../testdata/valid.yaml"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := edit(f); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(sheet, cell string, v any) func(*excelize.File) error {
	return func(f *excelize.File) error { return f.SetCellValue(sheet, cell, v) }
}

func several(edits ...func(*excelize.File) error) func(*excelize.File) error {
	return func(f *excelize.File) error {
		for _, edit := range edits {
			if err := edit(f); err != nil {
				return err
			}
		}
		return nil
	}
}

// The survey sheet of the small form: row 2 page en, 3 B1, 4 D2, 5 its end,
// 6 page to, 7 a note, 8 matrix D3, 9 and 10 its rows, 11 its end, 12 L1.
func TestGoal44_ImportNamesSheetRowAndColumn(t *testing.T) {
	tests := map[string]struct {
		edit func(*excelize.File) error
		want string
	}{
		"repeat":              {set("survey", "A2", "begin_repeat"), `sheet survey, row 2, column A: a question outside of any page`},
		"geopoint":            {set("survey", "A3", "geopoint"), `row 3, column A: there is no place for the type "geopoint"`},
		"list of a number":    {set("survey", "A3", "integer B1"), `row 3, column A: only a choice has a list`},
		"month of a number":   {several(set("survey", "A3", "integer"), set("survey", "K3", "month-year")), `row 3, column K: a question of this type has no appearance`},
		"appearance of text":  {set("survey", "K12", "numbers"), `row 12, column K: a question cannot appear as "numbers"`},
		"check, no message":   {several(set("survey", "A12", "integer"), set("survey", "I12", ". > 5"), set("survey", "K12", nil)), "row 12: the constraint has no message"},
		"bound of no date":    {several(set("survey", "A12", "date"), set("survey", "I12", ". >= date('2025-02-30')"), set("survey", "K12", nil)), `row 12, column I: item L1: min "2025-02-30" is not a date`},
		"check of nobody":     {several(set("checks", "A2", "X9"), set("checks", "B2", "a"), set("checks", "C2", "soft"), set("checks", "D2", ". > 1")), `sheet checks, row 2, column A: there is no question "X9"`},
		"checks disagree":     {several(set("survey", "A12", "integer"), set("survey", "I12", "(. < 9)"), set("survey", "K12", nil), set("checks", "A2", "L1"), set("checks", "B2", "a"), set("checks", "C2", "hard"), set("checks", "D2", ". > 8"), set("checks", "E2", "Nej"), set("checks", "F2", "No")), "row 12, column I: constraint and the sheet checks do not say the same (write in both: (not(. > 8)))"},
		"decimals of text":    {set("survey", "Q12", "2"), "row 12, column Q: a question of this type has no decimals"},
		"calculate":           {set("survey", "A12", "calculate"), `row 12, column A: there is no place for the type "calculate"`},
		"other, specify":      {set("survey", "A3", "select_one B1 or_other"), `row 3, column A: there is no list "B1 or_other"`},
		"unknown list":        {set("survey", "A3", "select_one X"), `row 3, column A: there is no list "X" on the sheet choices`},
		"unknown function":    {set("survey", "H12", "regex(${B1}, 'x')"), "row 12, column H:"},
		"unknown name":        {set("survey", "H12", "${B9} = 'ja'"), "row 12, column H: item L1: "},
		"unknown code":        {set("survey", "H12", "${B1} = 'nix'"), "row 12, column H: item L1: ${B1} has no code 'nix'"},
		"XPath constraint":    {set("survey", "I4", "count(.) < 3"), `row 4, column I: the constraint "count(.) < 3" is not of the subset here`},
		"limit of one choice": {set("survey", "I3", "count-selected(.) <= 2"), "row 3, column I: the constraint"},
		"alone in no list":    {set("survey", "I4", "not(selected(., 'x') and count-selected(.) > 1)"), "row 4, column I: there is no choice x in the list D2"},
		"text without limit":  {set("survey", "I12", ""), "row 12, column I: the text has no limit"},
		"choice filter":       {set("survey", "J3", "starts-with(name, 'a')"), "row 3, column J: the filter is not of the subset"},
		"appearance":          {set("survey", "K2", "pages"), `row 2, column K: a page cannot appear as "pages"`},
		"group in a page":     {set("survey", "K8", ""), "row 8, column K: a group in a page"},
		"row of another kind": {set("survey", "A10", "select_multiple B1"), "row 10, column A: the row is not answered as the first"},
		"row of another name": {set("survey", "B10", "region"), "row 10, column B: the name of a row begins with that of its matrix"},
		"relevant on an end":  {set("survey", "H5", "true()"), "row 5, column H: the end of a group has no relevant"},
		"end of another":      {set("survey", "B5", "to"), "row 5, column B: the group that ends here is en"},
		"page not ended":      {set("survey", "A13", ""), "sheet survey, row 6, column A: the group to is not ended"},
		"English missing":     {set("survey", "D3", ""), "row 3, column D: item B1 label: the English text is missing"},
		"required":            {set("survey", "G3", "perhaps"), `row 3, column G: required is "perhaps"`},
		"route and relevant":  {set("survey", "H8", "${B1} = 'nej'"), "row 8, column H: relevant and route do not say the same"},
		"unknown column":      {set("survey", "Z3", "x"), "row 3, column Z: there is no place for what stands here (the column has no name)"},
		"no language":         {set("survey", "C1", "label"), "column C: there is no place for what stands here (name the language: label::Dansk (da))"},
		"column twice":        {set("survey", "C1", "label::English (en)"), `row 1, column D: the column "label::English (en)" stands twice`},
		"number of a choice":  {set("choices", "G2", "one"), "sheet choices, row 2, column G:"},
		"code of a choice":    {set("choices", "B2", "Ja da"), "sheet choices, row 2, column B:"},
		"code twice":          {set("choices", "B3", "ja"), "sheet choices, row 3, column B:"},
		"choice of no list":   {set("choices", "A2", ""), "sheet choices, row 2, column A: the choice belongs to no list"},
		"unused list":         {set("choices", "A9", "x"), "sheet choices, row 9, column A: no question uses the list x"},
		"version":             {set("settings", "C2", "a b"), "sheet settings, row 2, column C:"},
		"language":            {set("settings", "D2", "Suomi (fi)"), "sheet settings, row 2, column D: the default language is not Danish"},
		"title":               {set("settings", "A2", "X"), "sheet settings, row 2, column A: form_title is not the title in Danish"},
		"second settings":     {set("settings", "A3", "X"), "sheet settings, row 3: the settings are one row"},
		"condition":           {set("conditions", "B2", "${B1} = 1"), "sheet conditions, row 2, column B:"},
		"formula":             {func(f *excelize.File) error { return f.SetCellFormula("choices", "C2", "1+1") }, "sheet choices, row 2, column C: the cell holds a formula"},
		"formula outside":     {func(f *excelize.File) error { return f.SetCellFormula("survey", "AZ90", "1+1") }, "sheet survey, row 90, column AZ: the cell holds a formula"},
		"hidden sheet":        {func(f *excelize.File) error { return f.SetSheetVisible("conditions", false) }, "the sheet conditions is hidden"},
		"very hidden sheet":   {func(f *excelize.File) error { return f.SetSheetVisible("choices", false, true) }, "the sheet choices is hidden"},
		"hidden row":          {func(f *excelize.File) error { return f.SetRowVisible("survey", 12, false) }, "sheet survey, row 12: the row is hidden"},
		"hidden column":       {func(f *excelize.File) error { return f.SetColVisible("survey", "H", false) }, "sheet survey, column H: the column is hidden"},
		"merged cells":        {func(f *excelize.File) error { return f.MergeCell("survey", "C3", "D3") }, "sheet survey, row 3, column C: the cell is merged"},
		"another sheet":       {func(f *excelize.File) error { _, err := f.NewSheet("external_choices"); return err }, `there is no place for the sheet "external_choices"`},
		"no settings":         {func(f *excelize.File) error { return f.DeleteSheet("settings") }, "the sheet settings is missing"},
		"no survey":           {func(f *excelize.File) error { return f.DeleteSheet("survey") }, "the sheet survey is missing"},
		"a picture": {func(f *excelize.File) error {
			return f.AddChart("survey", "A40", &excelize.Chart{Type: excelize.Line, Series: []excelize.ChartSeries{{Values: "choices!$G$2:$G$3"}}})
		}, "is no part of a form"},
		"too many rows": {set("survey", "B5002", "x"), "the sheet survey has more than 5000 rows"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			src, err := xlsform.Import(bytes.NewReader(edited(t, tt.edit)), "q.xlsx")
			if src != nil {
				t.Fatalf("taken in: %s", src)
			}
			faults, ok := errors.AsType[xlsform.Faults](err)
			if !ok || !strings.Contains(faults.Error(), tt.want) || !strings.HasPrefix(faults[0].String(), "q.xlsx: ") {
				t.Errorf("\n got %v\nwant %s", err, tt.want)
			}
		})
	}
}

// All faults are told at once.
func TestImportTellsEveryFault(t *testing.T) {
	src := edited(t, func(f *excelize.File) error {
		return errors.Join(f.SetCellValue("survey", "G3", "perhaps"), f.SetCellValue("survey", "A12", "geopoint"), f.SetCellValue("choices", "A2", ""))
	})
	_, err := xlsform.Import(bytes.NewReader(src), "q.xlsx")
	if faults, ok := errors.AsType[xlsform.Faults](err); !ok || len(faults) != 3 {
		t.Errorf("%v", err)
	}
}

// A form as other programs write it: no sheet of conditions, no numbers, no
// short labels, other spellings.
func TestImportTakesAForeignForm(t *testing.T) {
	src := edited(t, func(f *excelize.File) error {
		var err error
		for cell, v := range map[string]any{"A2": "begin group", "A5": "end group", "B5": nil, "G3": "TRUE", "C1": "label::Danish (da)", "D1": "label::en"} {
			err = errors.Join(err, f.SetCellValue("survey", cell, v))
		}
		for _, column := range []string{"P", "O", "N", "M", "L"} {
			err = errors.Join(err, f.RemoveCol("survey", column))
		}
		return errors.Join(err, f.RemoveCol("choices", "G"), f.DeleteSheet("conditions"))
	})
	file, err := xlsform.Import(bytes.NewReader(src), "q.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	q := load(t, file)
	b1, _ := q.Item("B1")
	if b1.Short != b1.Label || b1.Options[1].Number != 2 || !b1.Required {
		t.Errorf("%+v", b1)
	}
}

// A file that unpacks to far more than it is, and files that are none.
func TestImportRefusesWhatIsNoWorkbook(t *testing.T) {
	bomb := func(name string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create(name)
		if err == nil {
			_, err = io.CopyN(w, zeros{}, 64<<20)
		}
		if err = errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	parts := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			if _, err := z.Create(name); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	many := make([]string, 300)
	for i := range many {
		many[i] = fmt.Sprintf("xl/worksheets/sheet%d.xml", i)
	}
	tests := map[string]struct {
		src  []byte
		want string
	}{
		"empty":          {nil, "not a workbook"},
		"text":           {[]byte("type,name\n"), "not a workbook"},
		"bomb in a part": {bomb("xl/worksheets/sheet1.xml"), "larger than a questionnaire can be"},
		"too many parts": {parts(many...), "larger than a questionnaire can be"},
		"macros":         {parts("xl/workbook.xml", "xl/vbaProject.bin"), `"xl/vbaProject.bin" is no part of a form`},
		"external link":  {parts("xl/externalLinks/externalLink1.xml"), "is no part of a form"},
		"way out":        {parts("xl/../../etc/passwd"), "is no part of a form"},
		"a part twice":   {parts("xl/workbook.xml", "xl/WORKBOOK.xml"), "stands twice"},
		"no sheets":      {parts("xl/workbook.xml"), "q.xlsx: "},
		"large":          {bytes.Repeat([]byte("PK"), 3<<20), "larger than 4194304 bytes"},
	}
	for name, tt := range tests {
		_, err := xlsform.Import(bytes.NewReader(tt.src), "q.xlsx")
		if faults, ok := errors.AsType[xlsform.Faults](err); !ok || !strings.Contains(faults.Error(), tt.want) {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// What XLSForm has no place for is refused, not dropped.
func TestExportRefusesWhatTheFormatLacks(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"route of an option": {"        label: {da: Andet?, en: Anything else?}\n", `        label: {da: Andet?, en: Anything else?}
      - id: L2
        kind: single
        short: {da: L, en: L}
        label: {da: L, en: L}
        options:
          - {code: a, number: 1, da: A, en: A, relevant: "${B1} = 'ja'"}
          - {code: b, number: 2, da: B, en: B}
`, "item L2: an option has a route of its own"},
		"page id":           {"id: to\n", "id: 2\n", "page 2: in XLSForm a name begins with a letter"},
		"control character": {"da: Hvem?", `da: "Hvem\u0007?"`, "holds a control character"},
		"length":            {"da: Hvem?", "da: " + strings.Repeat("æ", 32_768), "is longer than a cell"},
	}
	for name, tt := range tests {
		var b bytes.Buffer
		if err := xlsform.Export(&b, replaced(t, tt.old, tt.new)); err == nil || !strings.Contains(err.Error(), tt.want) || b.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, b.Len())
		}
	}
}

// Conditions that double each other cannot be written out.
func TestExportBoundsWhatConditionsExpandTo(t *testing.T) {
	var chain strings.Builder
	chain.WriteString("conditions:\n")
	for i := range 40 {
		when := "${B1} = 'ja'"
		if i > 0 {
			when = fmt.Sprintf("${K%d} and ${K%d}", i-1, i-1)
		}
		fmt.Fprintf(&chain, "  - {name: K%d, short: {da: K, en: K}, phrase: {da: k, en: k}, asked: {da: k, en: k}, when: \"%s\"}\n", i, when)
	}
	q := replaced(t, "conditions:\n", chain.String())
	var b bytes.Buffer
	if err := xlsform.Export(&b, q); err != nil {
		t.Errorf("conditions that no route names: %v", err)
	}
	q = replaced(t, "conditions:\n", chain.String(), "        max_length: 100\n", "        max_length: 100\n        relevant: ${K39}\n")
	if err := xlsform.Export(&b, q); err == nil || !strings.Contains(err.Error(), "too long when its conditions are written out") {
		t.Errorf("%v", err)
	}
}

// replaced is the small form with parts replaced.
func replaced(t *testing.T, pairs ...string) *questionnaire.Questionnaire {
	t.Helper()
	src := readFile(t, "../testdata/valid.yaml")
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(src, pairs[i]) {
			t.Fatalf("no %q", pairs[i])
		}
		src = strings.Replace(src, pairs[i], pairs[i+1], 1)
	}
	return load(t, []byte(src))
}

// FuzzImport holds Import to: no panic, a refusal with a reason, and what is
// taken in is a questionnaire.
func FuzzImport(f *testing.F) {
	f.Add(export(f, loadFile(f, "../testdata/valid.yaml")))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, src []byte) {
		file, err := xlsform.Import(bytes.NewReader(src), "q.xlsx")
		if err != nil {
			if faults, ok := errors.AsType[xlsform.Faults](err); !ok || len(faults) == 0 {
				t.Fatalf("refused without a fault: %v", err)
			}
			return
		}
		load(t, file)
	})
}
