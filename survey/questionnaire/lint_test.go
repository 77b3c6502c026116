package questionnaire_test

import (
	"os"
	"testing"

	"barometer/survey/questionnaire"
)

func TestWaveHasNoFindings(t *testing.T) {
	f, err := os.Open(waveFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, finding := range questionnaire.Lint(f, "questionnaire.yaml") {
		t.Error(finding)
	}
}
