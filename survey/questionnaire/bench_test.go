package questionnaire_test

import (
	"bytes"
	"os"
	"testing"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

func BenchmarkLint(b *testing.B) {
	src, err := os.ReadFile(waveFile)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if findings := questionnaire.Lint(bytes.NewReader(src), "questionnaire.yaml"); len(findings) > 0 {
			b.Fatal(findings)
		}
	}
}

func BenchmarkReadPageAndNext(b *testing.B) {
	q, a := wave(b), innovative()
	values := form("D1=ledere&D1=lov")
	for b.Loop() {
		answers, _, err := q.ReadPage("anledning", values, i18n.Danish, a)
		if err != nil {
			b.Fatal(err)
		}
		q.Next(answers, "anledning")
	}
}

func BenchmarkRow(b *testing.B) {
	q, a := wave(b), innovative()
	for b.Loop() {
		q.Row(a)
	}
}
