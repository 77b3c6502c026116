package questionnaire_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"barometer/survey/questionnaire"
)

func TestGoal06_EveryPageOfTheWaveIsReached(t *testing.T) {
	f, err := os.Open(waveFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, finding := range questionnaire.Lint(f, "questionnaire.yaml") {
		t.Error(finding)
	}
}

// many is a questionnaire in which 3 × 10 options steer one item.
func many(t *testing.T, route string) string {
	t.Helper()
	var b strings.Builder
	b.Write(replace(t, "id: proeve", "id: mange"))
	b.WriteString("  - id: mange\n    title: {da: Mange, en: Many}\n    items:\n")
	for _, id := range []string{"M1", "M2", "M3"} {
		b.WriteString("      - id: " + id + "\n        kind: multiple\n        short: {da: M, en: M}\n        label: {da: M, en: M}\n        options:\n")
		for i := range 10 {
			fmt.Fprintf(&b, "          - {code: o%d, number: %d, da: O, en: O}\n", i, i+1)
		}
	}
	b.WriteString("  - id: sidst\n    title: {da: Sidst, en: Last}\n    items:\n      - id: N1\n        kind: single\n        scale: yn\n        short: {da: N, en: N}\n        label: {da: N, en: N}\n        relevant: " + route + "\n")
	return b.String()
}

// Beyond the bound lint does not claim what it has not tried.
func TestGoal06_SaysWhatIsNotProven(t *testing.T) {
	src := many(t, "count-selected(${M1}) + count-selected(${M2}) + count-selected(${M3}) > 30")
	findings := questionnaire.Lint(strings.NewReader(src), "q.yaml")
	if len(findings) != 1 || findings[0].Severity != questionnaire.Warning || !strings.Contains(findings[0].Message, "not proven") {
		t.Errorf("got %v", findings)
	}
	src = many(t, "count-selected(${M1}) + count-selected(${M2}) > 6")
	if findings = questionnaire.Lint(strings.NewReader(src), "q.yaml"); len(findings) != 0 {
		t.Errorf("a route that can be true: %v", findings)
	}
}

// A limit on the number of answers counts when routes are tried.
func TestLintKnowsTheLimitOnAnswers(t *testing.T) {
	src := strings.Replace(many(t, "count-selected(${M1}) > 3"), "        options:\n          - {code: o0", "        max: 3\n        options:\n          - {code: o0", 1)
	findings := questionnaire.Lint(strings.NewReader(src), "q.yaml")
	if len(findings) == 0 || !strings.Contains(findings[0].Message, "can never") {
		t.Errorf("got %v", findings)
	}
}
