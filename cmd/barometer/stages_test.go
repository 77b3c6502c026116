package main

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"barometer/analysis/duck"
	"barometer/analysis/table"
	"barometer/cmd/barometer/demo"
	"barometer/survey/codebook"
	"barometer/survey/freeze"
	"barometer/survey/microdata"
	"barometer/survey/response"
	"barometer/survey/sample"
)

// TestStages carries the stages after the freeze out on one frozen wave, made
// without HTTP: the demonstration's population, drawn, and answered as its model
// has it.
func TestStages(t *testing.T) {
	frozen := filepath.Join(t.TempDir(), "home")
	freezeDemo(t, frozen)
	for name, test := range map[string]func(*testing.T, *app, *wave){
		"imputation": imputationIsAStageAWaveAsksFor,
		"replicates": replicateWeightsAreWrittenAndUsed,
		"models":     modelsFollowTheCatalogue,
		"microdata":  publicFileGivesTheTable,
		"scripts":    setupScriptsRun,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "home")
			must(t, os.CopyFS(dir, os.DirFS(frozen)))
			must(t, os.Chmod(filepath.Join(dir, "secrets", "frozen-"+demoWave+".key"), 0o600))
			h, err := openHome(dir)
			must(t, err)
			w, err := h.wave(demoWave)
			must(t, err)
			test(t, newApp(io.Discard, io.Discard), w)
		})
	}
}

func freezeDemo(t *testing.T, dir string) {
	ctx := context.Background()
	a := newApp(io.Discard, io.Discard)
	h, err := demoHome(dir)
	must(t, err)
	w, err := a.demoWave(h, demoWave, 3, demo.Workplaces(3))
	must(t, err)
	fewerBreakdowns(t, w)
	f, _, err := w.framePlan()
	must(t, err)
	p, err := w.population()
	must(t, err)
	everyone, records, err := p.Census(ctx, demoWave, f)
	must(t, err)
	answers := make(map[string]response.Record, len(records))
	for i, u := range everyone.Units {
		answers[u.PNumber] = records[i]
	}
	s, err := w.sample()
	must(t, err)
	q, err := w.questionnaire()
	must(t, err)
	meta, err := w.freezeMeta()
	must(t, err)
	frozen, err := freeze.Build(s, q, answered(p, s, answers), meta)
	must(t, err)
	must(t, duck.WriteWave(ctx, w.archive.Path("wave.parquet"), frozen))
}

// fewerBreakdowns keeps the catalogue to what these tests look at: what is
// suppressed takes most of the time of a full table.
func fewerBreakdowns(t *testing.T, w *wave) {
	text, err := os.ReadFile(w.path("indicators.yaml"))
	must(t, err)
	fewer := strings.Replace(string(text), "breakdowns: [total, sector, subsector, size, region, sector_size]", "breakdowns: [total, subsector]", 1)
	fewer = strings.Replace(fewer, "breakdowns: [total, sector, size]", "breakdowns: [total]", 1)
	must(t, os.WriteFile(w.path("indicators.yaml"), []byte(fewer), 0o644))
}

// answered are the responses of the sampled workplaces that the model lets
// answer.
func answered(p *demo.Population, s *sample.Sample, of map[string]response.Record) []response.Record {
	var list []response.Record
	for _, u := range s.Units {
		r := of[u.PNumber]
		r.Unit = u.Key
		if fate := p.Fate(u.Unit, 0); r.Disposition == response.Complete && fate != response.Complete {
			continue
		}
		list = append(list, r)
	}
	return list
}

func carryOut(t *testing.T, a *app, w *wave, stages ...string) {
	t.Helper()
	for _, name := range stages {
		must(t, a.carryOut(t.Context(), w, name))
	}
}

func tableOf(t *testing.T, w *wave) *table.Table {
	t.Helper()
	tab, err := w.table()
	must(t, err)
	return tab
}

func figureOf(t *testing.T, tab *table.Table, indicator string) table.Figure {
	t.Helper()
	c, _ := tab.Cell(indicator, "total")
	f, shown := c.Figure()
	if !shown {
		t.Fatalf("%s is not shown", indicator)
	}
	return f
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, append(data, text...), 0o644))
}

// leaveOut takes the answer to a question from every eighth that gave one.
func leaveOut(t *testing.T, w *wave, name string) (left int) {
	t.Helper()
	path := w.archive.Path("wave.parquet")
	frozen, err := duck.ReadWave(t.Context(), path)
	must(t, err)
	c, err := frozen.Column(name)
	must(t, err)
	if c.Reason == nil {
		c.Reason = make([]codebook.Missing, c.Len())
	}
	asked := 0
	for row := range c.Len() {
		if c.Missing(row) {
			continue
		}
		if asked++; asked%8 == 0 {
			c.Code[row], c.Reason[row] = -1, codebook.Skipped
			left++
		}
	}
	must(t, duck.WriteWave(t.Context(), path, frozen))
	return left
}

// A wave imputes what it is asked to: the indicators of the question change,
// say so, and count the answers given; the others stay as they are. Without the
// file the wave is again what it was.
func imputationIsAStageAWaveAsksFor(t *testing.T, a *app, w *wave) {
	left := leaveOut(t, w, "c4")
	carryOut(t, a, w, "weight", "indicators")
	before := tableOf(t, w)
	plain, err := os.ReadFile(w.archive.Path("table.json"))
	must(t, err)

	must(t, os.WriteFile(w.path(imputationFile), []byte("sets: 5\nseed: 7\nplans:\n  - variables: [c4]\n    within: [sector]\n    classes: [size]\n    min_donors: 5\n"), 0o644))
	carryOut(t, a, w, "indicators")
	after := tableOf(t, w)
	was, is := figureOf(t, before, "reuse"), figureOf(t, after, "reuse")
	if was.Value == is.Value || was.N != is.N || math.Abs(was.Value-is.Value) > 0.03 {
		t.Errorf("reuse is %+v, without imputation %+v", is, was)
	}
	if figureOf(t, before, "shared") != figureOf(t, after, "shared") {
		t.Error("an indicator of another question changed")
	}
	noted, _ := after.Indicator("reuse")
	other, _ := after.Indicator("shared")
	if !strings.HasPrefix(noted.Note.EN, strconv.Itoa(left)+" of "+strconv.Itoa(left+is.N)+" answers were missing") || !other.Note.IsZero() {
		t.Errorf("%d answers were left out; the notes are %q and %q", left, noted.Note.EN, other.Note.EN)
	}
	flags, err := duck.ReadData(t.Context(), w.archive.Path("variables.parquet"), "c4_imputed", "reuse")
	must(t, err)
	flagged := 0
	for _, x := range flags.Columns()[0].Number {
		flagged += int(x)
	}
	sets, err := duck.ReadData(t.Context(), w.archive.Path(imputedFile))
	must(t, err)
	if flagged != left || sets.Rows() != 5*flags.Rows() {
		t.Errorf("%d answers are flagged, %d were left out; %d rows of completed sets for %d units", flagged, left, sets.Rows(), flags.Rows())
	}

	must(t, os.Remove(w.path(imputationFile)))
	carryOut(t, a, w, "indicators")
	again, err := os.ReadFile(w.archive.Path("table.json"))
	must(t, err)
	if string(again) != string(plain) {
		t.Error("without the file the table is not what it was")
	}
	if _, err := os.Stat(w.archive.Path(imputedFile)); err == nil {
		t.Error("the completed sets are still there")
	}
}

// The replicate weights are files, standard errors can come from them, and they
// are near the linearised ones.
func replicateWeightsAreWrittenAndUsed(t *testing.T, a *app, w *wave) {
	carryOut(t, a, w, "weight", "indicators")
	linearised := tableOf(t, w)

	appendTo(t, w.path("indicators.yaml"), "\nvariance: replicates\n")
	if err := a.carryOut(t.Context(), w, "indicators"); err == nil || !strings.Contains(err.Error(), "weighting.yaml asks for none") {
		t.Errorf("replicates that are not there: %v", err)
	}
	appendTo(t, w.path("weighting.yaml"), "\nreplicates: {type: generalised, count: 60, seed: 5}\n")
	carryOut(t, a, w, "weight", "indicators")
	data, err := duck.ReadData(t.Context(), w.archive.Path(replicatesFile))
	must(t, err)
	var how replication
	text, err := os.ReadFile(w.archive.Path(replicationFile))
	must(t, err)
	must(t, json.Unmarshal(text, &how))
	if len(data.Columns()) != 61 || data.Columns()[60].Name != "rep_60" || how.Count != 60 || len(how.RScales) != 60 || !how.Combined {
		t.Errorf("%d columns, described as %+v", len(data.Columns()), how)
	}
	checkTotals(t, data)
	replicated := tableOf(t, w)
	ratio, n := 0.0, 0.0
	for _, ind := range replicated.Indicators() {
		c, _ := replicated.Cell(ind.ID, "total")
		if f, shown := c.Figure(); shown && !ind.Counted {
			was := figureOf(t, linearised, ind.ID)
			if f.Value != was.Value {
				t.Errorf("%s is %v, and %v with linearised errors", ind.ID, f.Value, was.Value)
			}
			ratio, n = ratio+f.SE/was.SE, n+1
		}
	}
	if ratio /= n; ratio < 0.9 || ratio > 1.1 || figureOf(t, replicated, "reuse").SE == figureOf(t, linearised, "reuse").SE {
		t.Errorf("standard errors from replicates are on average %.3f times the linearised ones", ratio)
	}
}

// checkTotals: every replicate adds to the frame, as the recipe's last step has it.
func checkTotals(t *testing.T, data *microdata.Data) {
	t.Helper()
	for _, c := range data.Columns()[1:] {
		sum := 0.0
		for _, x := range c.Number {
			sum += x
		}
		if math.Abs(sum-14297) > 1e-4 {
			t.Errorf("%s adds to %v", c.Name, sum)
		}
	}
}

// Model-based figures are computed from the table and the frame alone, and go
// with the catalogue's entry.
func modelsFollowTheCatalogue(t *testing.T, a *app, w *wave) {
	carryOut(t, a, w, "weight", "indicators")
	m, err := w.models()
	must(t, err)
	must(t, m.Fits(tableOf(t, w)))
	if len(m.List) != 1 || m.List[0].Indicator != "reuse" || len(m.List[0].Figures) == 0 {
		t.Fatalf("the models are %+v", m)
	}
	text, err := os.ReadFile(w.path("indicators.yaml"))
	must(t, err)
	before, rest, _ := strings.Cut(string(text), "small_areas:")
	_, rest, _ = strings.Cut(rest, "\nbases:")
	must(t, os.WriteFile(w.path("indicators.yaml"), []byte(before+"\nbases:"+rest), 0o644))
	carryOut(t, a, w, "indicators")
	if m, err := w.models(); m != nil || err != nil {
		t.Errorf("a catalogue without small areas leaves %v, %v", m, err)
	}
}
