package quality_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"barometer/analysis/disclosure"
	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/brief"
	"barometer/reports/internal/invented"
	"barometer/reports/quality"
	"barometer/weighting"
)

var out = flag.String("out", "", "a folder to write the reports to")

func evidence() quality.Evidence {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			panic(err)
		}
		return d
	}
	e := quality.Evidence{
		Cases:   quality.Cases{Sampled: 4494, Complete: 1611, Partial: 120, Refused: 310, Noncontact: 5, Unknown: 2360, Ineligible: 88},
		E:       0.9587,
		Weights: weighting.Summarise([]float64{1, 2, 3, 4}),
		Items: []quality.Item{
			{ID: "C4", Label: i18n.Text{DA: "Hvor ny er den?", EN: "How new is it?"}, Asked: 1352, Open: 2, DontKnow: 130},
			{ID: "E2", Label: i18n.Text{DA: "Vigtigst", EN: "Most important"}, Asked: 0},
		},
		Small: 3,
		Frame: day("2025-01-01"), Deadline: day("2025-06-30"), Published: day("2025-11-27"),
		Publisher: i18n.Text{DA: "Center for Offentlig Innovation", EN: "National Centre for Public Sector Innovation"},
		Contact:   "barometer@example.dk", Licence: "CC BY 4.0",
	}
	for i, name := range []string{"RR1", "RR2", "RR3", "RR4", "RR5", "RR6"} {
		e.Rates = append(e.Rates, quality.Rate{Name: name, Value: 0.36 + 0.05*float64(i), Defined: true})
	}
	return e
}

func input(t *testing.T, tab *table.Table) brief.Input {
	t.Helper()
	s, err := quality.Default()
	if err != nil {
		t.Fatal(err)
	}
	var p disclosure.Policy
	p.Confidential.MinRespondents, p.Confidential.MinNumerator = 10, 3
	return brief.Input{Table: tab, Policy: p, Source: s}
}

func TestReportTellsTheEvidence(t *testing.T) {
	d := invented.New()
	d.Indicator("reuse").Breaks = []table.Break{{Wave: "2025", Reason: i18n.Text{DA: "Ny ordlyd", EN: "New wording"}}}
	d.Indicator("reuse").Note = i18n.Text{DA: "4 af 90 svar er imputeret.", EN: "4 of 90 answers are imputed."}
	for l, says := range map[i18n.Lang][]string{
		i18n.Danish: {"Kvalitetsrapport", "1\u202f611", "RR6", "61,0\u00a0pct.", "færre end 3", "9,6\u00a0pct.", "150 dage", "27. november 2025",
			"Ny ordlyd", "4 af 90 svar", "0,959", "barometer@example.dk", "ikke målt"},
		i18n.English: {"Quality report", "27 November 2025", "fewer than 3", "9.6%", "150 days", "New wording"},
	} {
		r, err := quality.Build(input(t, d.Table()), evidence(), l)
		if err != nil {
			t.Fatal(err)
		}
		again, err := quality.Build(input(t, d.Table()), evidence(), l)
		if err != nil || !bytes.Equal(r.HTML, again.HTML) {
			t.Errorf("two builds differ (%v)", err)
		}
		for _, want := range says {
			if !strings.Contains(string(r.HTML), want) {
				t.Errorf("%s: the report does not say %q", l, want)
			}
		}
		if *out != "" {
			if err := os.WriteFile(filepath.Join(*out, "quality."+string(l)+".html"), r.HTML, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Goal 8: a quality report that lacks a section is not built, and the section is
// named; so is each section in turn.
func TestGoal8_MissingQualitySectionFailsTheBuild(t *testing.T) {
	for _, section := range quality.Sections {
		files := sources(t)
		for name, f := range files {
			if strings.HasSuffix(name, ".md") {
				f.Data = regexp.MustCompile(`(?s)\n## [^\n]*\{#`+section+`\}.*?(\n## |$)`).ReplaceAll(f.Data, []byte("$1"))
			}
		}
		in := input(t, invented.Table())
		var err error
		if in.Source, err = quality.Read(files); err != nil {
			t.Fatal(err)
		}
		_, err = quality.Build(in, evidence(), i18n.Danish)
		if err == nil || !strings.Contains(err.Error(), "the section "+section+" is missing") {
			t.Errorf("without %s: %v", section, err)
		}
	}
}

// sources are the files that come with the program, to be changed.
func sources(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, name := range []string{"charts.yaml", "quality.da.md", "quality.en.md"} {
		data, err := fs.ReadFile(os.DirFS("source"), name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

func TestEvidenceThatContradictsItselfIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*quality.Evidence)
		want  string
	}{
		"lost units":     {func(e *quality.Evidence) { e.Cases.Refused-- }, "4493 workplaces are accounted for, 4494 were drawn"},
		"no rates":       {func(e *quality.Evidence) { e.Rates = nil }, "RR1 to RR6"},
		"no items":       {func(e *quality.Evidence) { e.Items = nil }, "item nonresponse"},
		"too many open":  {func(e *quality.Evidence) { e.Items[0].Open = 2000 }, "item C4"},
		"no deadline":    {func(e *quality.Evidence) { e.Deadline = time.Time{} }, "the last day to answer is not given"},
		"out too early":  {func(e *quality.Evidence) { e.Published = e.Frame }, "before the last day to answer"},
		"no contact":     {func(e *quality.Evidence) { e.Contact = "" }, "contact"},
		"no translation": {func(e *quality.Evidence) { e.Items[0].Label.EN = "" }, "item C4"},
	} {
		e := evidence()
		c.spoil(&e)
		_, err := quality.Build(input(t, invented.Table()), e, i18n.Danish)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}
