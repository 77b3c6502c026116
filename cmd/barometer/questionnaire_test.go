package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/cmd/barometer/demo"
	"barometer/survey/questionnaire"
)

// waveQuestionnaire is the questionnaire of the demonstration wave.
const waveQuestionnaire = "demo/wave/questionnaire.yaml"

// edited writes the wave's questionnaire with one part replaced.
func edited(t *testing.T, old, new string) string {
	t.Helper()
	src, err := os.ReadFile(waveQuestionnaire)
	must(t, err)
	if !strings.Contains(string(src), old) {
		t.Fatalf("no %q in it", old)
	}
	path := filepath.Join(t.TempDir(), "questionnaire.yaml")
	must(t, os.WriteFile(path, []byte(strings.Replace(string(src), old, new, 1)), 0o644))
	return path
}

func TestQuestionnaireDiffAnswersInItsStatus(t *testing.T) {
	tests := []struct {
		old, new string
		status   int
		says     string
	}{
		{"version: 2025.1", "version: 2025.2", 0, "2025.1 (wave 2025) to 2025.2 (wave 2025): 0 changes"},
		{"da: Innovationsbarometeret 2025", "da: Barometeret 2025", 3, "wording"},
		{"ikke_relevant, number: 98", "ikke_relevant, number: 97", 4, "codes"},
		{"relevant: count-selected(${E1}) >= 2", "relevant: count-selected(${E1}) > 2", 5, "routing         item E2: route changed\n                - count-selected(${E1}) >= 2\n                + count-selected(${E1}) > 2\n"},
		{"id: C4\n", "id: C4X\n", 1, "${C4}"},
		{"id: K1", "id: K9", 6, "trend-breaking  item K1: removed"},
	}
	for _, tt := range tests {
		status, stdout, stderr := runs(t, "questionnaire", "diff", waveQuestionnaire, edited(t, tt.old, tt.new))
		if status != tt.status || !strings.Contains(stdout+stderr, tt.says) {
			t.Errorf("%s: status %d, want %d\n%s%s", tt.new, status, tt.status, stdout, stderr)
		}
	}
}

func TestQuestionnaireDiffWarnsOfOneVersion(t *testing.T) {
	status, stdout, stderr := runs(t, "questionnaire", "diff", "--json", waveQuestionnaire, edited(t, "da: Innovationsbarometeret 2025", "da: Barometeret 2025"))
	var d questionnaire.Difference
	if err := json.Unmarshal([]byte(stdout), &d); err != nil || status != 3 || d.Class != questionnaire.Wording || len(d.Changes) != 1 {
		t.Errorf("status %d, %v: %s", status, err, stdout)
	}
	if !strings.Contains(stderr, "both are version 2025.1") {
		t.Errorf("no warning: %q", stderr)
	}
	if d.From.Hash == d.To.Hash || d.Changes[0].Part != "questionnaire" {
		t.Errorf("%+v", d)
	}
}

// A questionnaire goes out as a workbook and comes back the same; a file that
// is there already is not written over.
func TestQuestionnaireExportAndImport(t *testing.T) {
	dir := t.TempDir()
	book, back := filepath.Join(dir, "q.xlsx"), filepath.Join(dir, "q.yaml")
	for _, args := range [][]string{
		{"questionnaire", "export", waveQuestionnaire, book},
		{"questionnaire", "import", book, back},
		{"questionnaire", "diff", waveQuestionnaire, back},
	} {
		if status, stdout, stderr := runs(t, args...); status != 0 {
			t.Fatalf("%v: status %d\n%s%s", args, status, stdout, stderr)
		}
	}
	if status, _, stderr := runs(t, "questionnaire", "import", book, back); status != 1 || !strings.Contains(stderr, "is there already") {
		t.Errorf("status %d, %s", status, stderr)
	}
	other := filepath.Join(dir, "other.yaml")
	if status, _, stderr := runs(t, "questionnaire", "import", waveQuestionnaire, other); status != 1 || !strings.Contains(stderr, "not a workbook") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if _, err := os.Stat(other); err == nil {
		t.Error("a refused workbook left a file")
	}
}

func TestQuestionnaireSchemaIsPrinted(t *testing.T) {
	status, stdout, stderr := runs(t, "questionnaire", "schema")
	var schema struct {
		Schema   string `json:"$schema"`
		Required []string
	}
	if err := json.Unmarshal([]byte(stdout), &schema); err != nil || status != 0 || schema.Schema == "" || len(schema.Required) == 0 {
		t.Errorf("status %d, %v, %s", status, err, stderr)
	}
}

// From the first invitation on, a wave takes no other questionnaire: the server
// does not start with it and nothing is frozen by it. The published one can be
// had back.
func TestACollectionKeepsItsQuestionnaire(t *testing.T) {
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	w, err := a.demoWave(h, demoWave, 7, demo.Workplaces(7))
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	change := func(old, new string) {
		src, err := os.ReadFile(w.path("questionnaire.yaml"))
		must(t, err)
		must(t, os.WriteFile(w.path("questionnaire.yaml"), bytes.Replace(src, []byte(old), []byte(new), 1), 0o644))
	}
	change("da: Hvad er din rolle", "da: Hvad er jeres rolle")
	must(t, c.publishInvited(t.Context(), h)) // nobody is invited yet
	_, err = a.invite(t.Context(), c, w)
	must(t, err)
	published, err := os.ReadFile(w.path("questionnaire.yaml"))
	must(t, err)
	must(t, c.publishInvited(t.Context(), h))

	change("da: Hvad er jeres rolle", "da: Hvad er din rolle")
	must(t, c.responses.Close(t.Context(), w.ID))
	_, frozen := a.records(t.Context(), w)
	_, invited := a.invite(t.Context(), c, w)
	for act, err := range map[string]error{"serve": c.publishInvited(t.Context(), h), "freeze": frozen, "invite": invited} {
		if err == nil || !strings.Contains(err.Error(), "trend-breaking: item A1: question (da) reworded") {
			t.Errorf("%s: %v", act, err)
		}
	}
	status, stdout, stderr := runs(t, "questionnaire", "published", w.ID, "--home", filepath.Dir(h.path("barometer.yaml")))
	if status != 0 || stdout != string(published) {
		t.Errorf("status %d, %s, %d bytes of %d", status, stderr, len(stdout), len(published))
	}
}

// TestGoal03_PublishingAnUntranslatedQuestionnaireIsRefused: no code is issued,
// nothing is published, and the fault names the item and the language.
func TestGoal03_PublishingAnUntranslatedQuestionnaireIsRefused(t *testing.T) {
	dir, w := pilotHome(t)
	path := w.path("questionnaire.yaml")
	src, err := os.ReadFile(path)
	must(t, err)
	const whole = `{code: ja, number: 1, da: Ja, en: "Yes"}`
	must(t, os.WriteFile(path, bytes.Replace(src, []byte(whole), []byte(`{code: ja, number: 1, da: Ja}`), 1), 0o644))
	for _, command := range [][]string{{"invite", pilotWave, "--plain"}, {"invite", pilotWave, "--send"}, {"questionnaire", "lint", path}} {
		args := command
		if command[0] == "invite" {
			args = append(args, "--home", dir)
		}
		if status, out, stderr := runs(t, args...); status != 1 || !strings.Contains(out+stderr, "scale yn option ja: the English text is missing") {
			t.Errorf("barometer %v: status %d\n%s%s", command, status, out, stderr)
		}
	}
	c, err := openCollection(t.Context(), w.home, time.Now)
	must(t, err)
	defer c.close()
	statuses, err := c.access.Statuses(t.Context(), w.ID)
	must(t, err)
	if _, ok, err := c.responses.Published(t.Context(), w.ID); err != nil || ok || len(statuses) > 0 {
		t.Errorf("published: %v, %d codes, %v", ok, len(statuses), err)
	}
}
