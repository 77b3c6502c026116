package questionnaire_test

import (
	"barometer/internal/i18n"
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files anew")

func TestPrintHTML(t *testing.T) {
	q := wave(t)
	for _, l := range i18n.Languages {
		var b bytes.Buffer
		if err := q.PrintHTML(&b, l); err != nil {
			t.Fatal(err)
		}
		golden(t, "print."+string(l)+".html", b.Bytes())
	}
}

// TestGoal28_PrintNamesBoundsAndChecks: whoever fills in the print can tell from
// it what the pages would ask for.
func TestGoal28_PrintNamesBoundsAndChecks(t *testing.T) {
	for name, wants := range map[string]map[i18n.Lang][]string{
		"checks": {
			i18n.Danish:  {"<p class=\"rule\">Fra 0 til 20, hele tal.", "Det kræves, at svaret er højst Q1. »Tallet kan ikke være over det første«", "Svaret skal bekræftes, hvis svaret er over Q1 ÷ 2. »Er det over halvdelen?«", "Svaret skal bekræftes, medmindre svaret er før 1. januar 2026 eller Q2 er over 0."},
			i18n.English: {"It is required that the answer is at most Q1. “The number cannot be above the first”", "The answer has to be confirmed unless the answer is before 1 January 2026 or Q2 is more than 0."},
		},
		"check-text": {
			i18n.Danish:  {"Det kræves, at antallet af tegn i svaret er mindst 2.", "medmindre svaret har formen »[A-ZÆØÅ].*«", "hvis antallet af tegn i svaret er under antallet af tegn i Q1"},
			i18n.English: {"It is required that the number of characters in the answer is at least 2."},
		},
		"number-bounds": {i18n.Danish: {"Svaret skal bekræftes, hvis svaret er"}},
	} {
		for l, texts := range wants {
			var b bytes.Buffer
			if err := feature(t, name).PrintHTML(&b, l); err != nil {
				t.Fatal(err)
			}
			for _, text := range texts {
				if !strings.Contains(b.String(), text) {
					t.Errorf("%s, %s: no %q in\n%s", name, l, text, b.String())
				}
			}
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is out of date; look at the change and run go test -update", path)
	}
}
