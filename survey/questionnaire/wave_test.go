package questionnaire_test

import (
	"os"
	"testing"

	"barometer/survey/questionnaire"
)

const waveFile = "../../cmd/barometer/demo/wave/questionnaire.yaml"

// wave loads the questionnaire of the wave 2025.
func wave(t testing.TB) *questionnaire.Questionnaire {
	t.Helper()
	f, err := os.Open(waveFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	q, err := questionnaire.Load(f, "questionnaire.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return q
}
