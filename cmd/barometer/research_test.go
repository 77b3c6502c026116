package main

import (
	"encoding/json"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barometer/analysis/disclosure/anonymise"
	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/internal/archive"
	"barometer/internal/i18n"
	"barometer/internal/testenv"
	"barometer/publish/formats"
	"barometer/publish/formats/csv"
	"barometer/publish/formats/sav"
	"barometer/publish/formats/setup"
	"barometer/survey/microdata"
)

// What the readme of a release promises of the public-use file, beside the
// published table: how far a share of a domain moves, and its standard error.
const (
	toldShift      = 0.005
	toldRatio      = 1.2
	toldRatioSmall = 1.4 // of fewer than 30 answers: counts rounded to tens tell in strata taken whole
)

// askedOf is a figure that R is to compute from the file.
type askedOf struct {
	Indicator string `json:"indicator"`
	Breakdown string `json:"breakdown"`
	Code      string `json:"code"`
	published table.Figure
	scale     float64
}

// publicFileGivesTheTable estimates every published indicator in every domain
// that the public-use file tells apart, in R, from the file alone, and holds it
// against the table: goals 27 to 33 come to this for a reader who knows neither
// the design nor the strata.
func publicFileGivesTheTable(t *testing.T, a *app, w *wave) {
	rscript := testenv.NeedR(t, "survey", "jsonlite")
	for _, stage := range []string{"weight", "indicators"} {
		must(t, a.carryOut(t.Context(), w, stage))
	}
	f, err := w.anonymised(t.Context(), anonymise.Public())
	must(t, err)
	published, err := w.table()
	must(t, err)
	dir := t.TempDir()
	asked := writeForR(t, w, dir, f, published)
	out, err := exec.Command(rscript, "testdata/public.R", dir).Output()
	must(t, err)
	var got []struct {
		Value, SE  float64
		N          int
		Replicated *float64
	}
	must(t, json.Unmarshal(out, &got))
	if len(got) != len(asked) || len(asked) < 100 {
		t.Fatalf("%d figures of %d", len(got), len(asked))
	}
	var ratios, replicated []float64
	worst := 0.0
	for i, q := range asked {
		g, p := got[i], q.published
		shift := math.Abs(g.Value-p.Value) / q.scale
		worst = max(worst, shift)
		if g.N != p.N || shift > toldShift {
			t.Errorf("%s × %s:%s is %v of %d answers, published %v of %d", q.Indicator, q.Breakdown, q.Code, g.Value, g.N, p.Value, p.N)
		}
		if !(p.SE > 0) || !(g.SE > 0) {
			continue
		}
		ratio := g.SE / p.SE
		ratios = append(ratios, ratio)
		most := toldRatio
		if p.N < 30 {
			most = toldRatioSmall
		}
		if ratio > most || ratio < 1/most {
			t.Errorf("%s × %s:%s has the standard error %v, published %v", q.Indicator, q.Breakdown, q.Code, g.SE, p.SE)
		}
		if g.Replicated != nil {
			replicated = append(replicated, *g.Replicated/g.SE)
		}
	}
	slices.Sort(ratios)
	slices.Sort(replicated)
	if m := replicated[len(replicated)/2]; math.Abs(m-1) > 0.05 || replicated[0] < 0.8 || replicated[len(replicated)-1] > 1.25 {
		t.Errorf("replicate weights over pseudo-strata: %v in the middle, %v to %v", m, replicated[0], replicated[len(replicated)-1])
	}
	t.Logf("%d figures: largest shift %.4f, ratio of standard errors %.3f in the middle, %.3f to %.3f; replicates %.3f to %.3f",
		len(asked), worst, ratios[len(ratios)/2], ratios[0], ratios[len(ratios)-1], replicated[0], replicated[len(replicated)-1])
}

// writeForR writes the file with the indicators derived from it, its replicate
// weights, and which figures to compute.
func writeForR(t *testing.T, w *wave, dir string, f *anonymise.File, published *table.Table) (asked []askedOf) {
	t.Helper()
	frozen, err := w.frozen(t.Context())
	must(t, err)
	_, formulas, err := w.formulas(frozen.Codebook)
	must(t, err)
	data, err := microdata.New(slices.Clone(f.Data.Columns())...)
	must(t, err)
	everyone := make([]string, f.Data.Rows())
	for i := range everyone {
		everyone[i] = "complete"
	}
	status, err := microdata.Categories("disposition", []string{"complete"}, everyone)
	must(t, err)
	must(t, data.Add(status))
	var usable []indicator.Formula
	for _, formula := range formulas {
		if derived, err := indicator.Derive([]indicator.Formula{formula}, data); err == nil && !formula.Counted {
			must(t, data.Add(named(derived[0], "ind_"+formula.ID)))
			usable = append(usable, formula)
		}
	}
	for _, formula := range usable {
		for _, d := range published.Domains() {
			cell, _ := published.Cell(formula.ID, d.ID())
			figure, shown := cell.Figure()
			if !shown || len(d.Codes) > 1 || len(d.Codes) == 1 && !toldApart(t, f, frozen, d.Breakdown, d.Codes[0]) {
				continue
			}
			q := askedOf{Indicator: "ind_" + formula.ID, Breakdown: d.Breakdown, Code: strings.Join(d.Codes, ""), published: figure, scale: 1}
			if formula.Kind == table.Score {
				q.scale = 100
			}
			asked = append(asked, q)
		}
	}
	write := func(name string, to func(io.Writer) error) { must(t, archive.WriteFile(filepath.Join(dir, name), to)) }
	write("data.csv", func(out io.Writer) error { return microdata.WriteCSV(out, blanked(data)) })
	write("replicates.csv", func(out io.Writer) error { return csv.Write(out, formats.Replicates(f)) })
	write("asked.json", func(out io.Writer) error {
		return json.NewEncoder(out).Encode(map[string]any{"scale": f.Replicates.Scale, "cells": asked})
	})
	return asked
}

func named(c microdata.Column, name string) microdata.Column {
	c.Name = name
	return c
}

// blanked keeps the columns that R needs, gaps left empty.
func blanked(d *microdata.Data) *microdata.Data {
	kept, _ := microdata.New()
	for _, c := range d.Columns() {
		if c.IsNumeric() || slices.Contains([]string{"sector", "subsector", "size", "region", anonymise.ColumnStratum}, c.Name) {
			c.Reason = nil
			kept.Add(c) //nolint:errcheck // the names are distinct
		}
	}
	return kept
}

// toldApart reports whether the file tells the workplaces of a code apart: it
// has as many records of it as there are respondents.
func toldApart(t *testing.T, f *anonymise.File, frozen *microdata.Wave, breakdown, code string) bool {
	t.Helper()
	in, err := f.Data.Column(breakdown)
	if err != nil {
		return false
	}
	was, err := frozen.Column(breakdown)
	must(t, err)
	disposition, err := frozen.Column("disposition")
	must(t, err)
	records, respondents := 0, 0
	for i := range in.Len() {
		if in.Level(i) == code {
			records++
		}
	}
	for i := range was.Len() {
		if was.Level(i) == code && disposition.Level(i) == "complete" {
			respondents++
		}
	}
	return records == respondents
}

// setupScriptsRun runs the set-up scripts that can be run here on the
// public-use file, and finds the published figure that they end with.
func setupScriptsRun(t *testing.T, a *app, w *wave) {
	rscript, python, pspp := testenv.NeedR(t, "survey"), testenv.NeedPython(t, "pandas"), testenv.Need(t, "pspp")
	for _, stage := range []string{"weight", "indicators"} {
		must(t, a.carryOut(t.Context(), w, stage))
	}
	f, err := w.anonymised(t.Context(), anonymise.Public())
	must(t, err)
	published, err := w.table()
	must(t, err)
	example, err := w.example(t.Context(), published, f)
	must(t, err)
	if example == nil {
		t.Fatal("the catalogue of the demonstration has no example")
	}
	about := formats.About{Wave: w.ID, Version: "1.0", Synthetic: true, Title: w.Title, Publisher: w.home.Organisation, Licence: formats.Licence(w.Licence), Built: w.Published.Time}
	dir := t.TempDir()
	write := func(name string, to func(io.Writer) error) { must(t, archive.WriteFile(filepath.Join(dir, name), to)) }
	write("microdata.csv", func(out io.Writer) error { return csv.Write(out, formats.Codes(f)) })
	write("replicates.csv", func(out io.Writer) error { return csv.Write(out, formats.Replicates(f)) })
	write("microdata.da.sav", func(out io.Writer) error { return sav.Write(out, formats.Label(f, about, i18n.Danish)) })
	script := setup.Script{File: f, About: about, Example: example}
	for _, p := range setup.Programs {
		for _, l := range i18n.Languages {
			write(p.File(l), func(out io.Writer) error { return script.Write(out, p, l) })
		}
	}
	for name, command := range map[string][]string{"setup.da.R": {rscript}, "setup.en.R": {rscript}, "setup.da.py": {python}, "setup.en.py": {python}, "setup.da.sps": {pspp}} {
		cmd := exec.Command(command[0], name)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
			continue
		}
		holdsFigure(t, name, string(out), *example)
	}
	for _, name := range []string{"setup.en.do", "setup-complex.en.sps"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		for _, want := range []string{"pseudo_stratum", "pseudo_fpc", "weight", example.Variable} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s does not speak of %s:\n%s", name, want, text)
			}
		}
	}
}

// holdsFigure looks for the example in what a script put out.
func holdsFigure(t *testing.T, name, out string, e setup.Example) {
	t.Helper()
	if strings.HasSuffix(name, ".sps") {
		if want := strings.TrimPrefix(strconv.FormatFloat(e.Value, 'f', 2, 64), "0"); !strings.Contains(out, want) || strings.Contains(out, "error") {
			t.Errorf("%s: no %s in\n%s", name, want, out)
		}
		return
	}
	found := false
	for line := range strings.Lines(out) {
		_, rest, ok := strings.Cut(line, ": ")
		value, after, ok2 := strings.Cut(rest, " % (SE ")
		se, _, ok3 := strings.Cut(after, ")")
		v, errV := strconv.ParseFloat(value, 64)
		s, errS := strconv.ParseFloat(se, 64)
		if !ok || !ok2 || !ok3 || errV != nil || errS != nil {
			continue
		}
		found = true
		if math.Abs(v/100-e.Value) > toldShift || s/100 > 1.25*e.SE || s/100 < e.SE/1.25 {
			t.Errorf("%s: %s, published %.3f %% (SE %.3f)", name, strings.TrimSpace(line), 100*e.Value, 100*e.SE)
		}
	}
	if !found {
		t.Errorf("%s puts out no figure:\n%s", name, out)
	}
}
