// Package setup writes scripts that take a release's microdata in and declare
// how to analyse them: for R, Stata, SPSS and Python.
//
// A research file and what the release says of itself come in; a script for each
// program and language goes out. Each reads the data from the folder it lies in,
// sets labels and missing values as the codebook has them, declares the weight
// with the pseudo-strata and with the replicate weights where the program takes
// any, and ends with a figure of the release to compare with. The same file
// gives the same bytes.
//
// R's and Python's scripts run in the tests, SPSS's plain one through PSPP.
// Stata and SPSS's procedures for complex samples were not at hand: of those
// scripts the tests look at the form alone.
package setup

import (
	"embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/template"

	"barometer/analysis/disclosure/anonymise"
	"barometer/internal/i18n"
	"barometer/publish/formats"
	"barometer/survey/codebook"
)

// Script is what the scripts of a file are made of.
type Script struct {
	File    *anonymise.File
	About   formats.About
	Example *Example // nil: the scripts end with the design
}

// Example is a published figure that the scripts compute again: the mean of a
// yes/no variable over everyone it is there for, in percent.
type Example struct {
	Variable string
	Label    i18n.Text
	Value    float64 // as published, a fraction of one
	SE       float64
}

// Program is a program that there is a script for.
type Program struct {
	Name string // "R"
	Form string // which of its ways: "complex samples"; may be empty

	stem, ext string
}

// Programs lists them.
var Programs = []Program{
	{Name: "R", stem: "setup", ext: ".R"},
	{Name: "Stata", stem: "setup", ext: ".do"},
	{Name: "SPSS", stem: "setup", ext: ".sps"},
	{Name: "SPSS", Form: "Complex Samples", stem: "setup-complex", ext: ".sps"},
	{Name: "Python", stem: "setup", ext: ".py"},
}

// File is the name of the script in a language: "setup.da.R".
func (p Program) File(l i18n.Lang) string { return p.stem + "." + string(l) + p.ext }

//go:embed templates
var templateFiles embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"r": quoted, "py": quoted, "sps": spsText, "pct": func(x float64) string { return strconv.FormatFloat(100*x, 'f', 3, 64) },
	"num": func(x float64) string { return strconv.FormatFloat(x, 'g', 12, 64) },
}).ParseFS(templateFiles, "templates/*"))

// Write writes a program's script in one language.
func (s Script) Write(w io.Writer, p Program, l i18n.Lang) error {
	v, err := s.view(l)
	if err != nil {
		return err
	}
	return templates.ExecuteTemplate(w, p.stem+p.ext, v)
}

// view is what the templates see.
type view struct {
	Lang                         i18n.Lang
	Title, Citation, Synthetic   string
	Variables                    []variable
	Missing                      []word // marks of missing values
	Record, Weight, Stratum, FPC string
	Replicates                   int
	First, Last                  string // columns of replicate weights
	Scale                        float64
	Example                      *example
}

type variable struct {
	Name, Label string
	Coded, Text bool // neither: numbers, 0 and 1 for no and yes
	Codes       []word
}

// word is a code and what it stands for.
type word struct{ Code, Label string }

type example struct {
	Variable, Label string
	Value, SE       float64
}

// Say picks a text of the page's language.
func (v view) Say(da, en string) string { return i18n.Text{DA: da, EN: en}.In(v.Lang) }

func (s Script) view(l i18n.Lang) (view, error) {
	f := s.File
	v := view{Lang: l, Title: s.About.Title.In(l), Citation: s.About.Citation(l), Record: anonymise.ColumnRecord,
		Weight: anonymise.ColumnWeight, Stratum: anonymise.ColumnStratum, FPC: anonymise.ColumnFPC}
	if f.Synthetic {
		v.Synthetic = formats.SyntheticNote().In(l)
	}
	for _, m := range codebook.Reasons {
		v.Missing = append(v.Missing, word{m.Mark(), m.Label().In(l)})
	}
	for _, one := range f.Codebook.Variables {
		v.Variables = append(v.Variables, describe(one, l))
	}
	if f.Replicates != nil {
		v.Replicates, v.Scale = len(f.Replicates.Data.Columns())-1, f.Replicates.Scale
		v.First, v.Last = anonymise.ReplicateColumn(0), anonymise.ReplicateColumn(v.Replicates-1)
	}
	if e := s.Example; e != nil {
		if _, known := f.Codebook.Variable(e.Variable); !known {
			return view{}, fmt.Errorf("set-up scripts: the example's variable %s is not in the file", e.Variable)
		}
		v.Example = &example{e.Variable, e.Label.In(l), e.Value, e.SE}
	}
	return v, nil
}

func describe(v codebook.Variable, l i18n.Lang) variable {
	out := variable{Name: v.Name, Label: v.Label.In(l), Coded: v.Kind == codebook.Categorical, Text: v.Kind == codebook.Key}
	for _, c := range v.Codes {
		out.Codes = append(out.Codes, word{c.Value, c.Label.In(l)})
	}
	return out
}

// quoted writes a text for R and Python, in double quotes. Labels have no
// control characters, which the file was checked for.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

// spsText writes a text for SPSS.
func spsText(s string) string {
	return "'" + strings.NewReplacer("'", "''", "\n", " ").Replace(s) + "'"
}
