package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
