package freeze

import (
	"bytes"
	"strings"
	"testing"

	"barometer/survey/microdata"
	"barometer/survey/sample"
)

// panelOf returns the panel key of every unit by its P-number.
func panelOf(t *testing.T, s *sample.Sample, key []byte) map[string]string {
	t.Helper()
	w, err := Build(s, testQuestionnaire(t), nil, Meta{PanelKey: key})
	if err != nil {
		t.Fatal(err)
	}
	unit, panel := column(t, w, "unit"), column(t, w, PanelColumn)
	byUnit := make(map[string]string)
	for i := range unit.Len() {
		byUnit[unit.Level(i)] = panel.Level(i)
	}
	byNumber := make(map[string]string)
	for _, u := range s.Units {
		byNumber[u.PNumber] = byUnit[u.Key]
	}
	return byNumber
}

func column(t *testing.T, w *microdata.Wave, name string) *microdata.Column {
	t.Helper()
	c, err := w.Column(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A workplace has one panel key in all waves under one secret, whatever its
// unit key, and another under another secret.
func TestPanelJoinsWavesOfOneSecret(t *testing.T) {
	secret, other := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	first, second := panelOf(t, testSample("AAA", "BBB", "CCC"), secret), panelOf(t, testSample("ZZZ", "YYY"), secret)
	apart := panelOf(t, testSample("AAA", "BBB"), other)
	met := map[string]bool{}
	for number, key := range first {
		if key == "" || met[key] || strings.Contains(key, number) {
			t.Errorf("P-number %s has the panel key %q", number, key)
		}
		met[key] = true
		if k, ok := second[number]; ok && k != key {
			t.Errorf("P-number %s is %s in one wave and %s in the other", number, key, k)
		}
		if apart[number] == key {
			t.Errorf("P-number %s has the same key under another secret", number)
		}
	}
}

func TestWithoutSecretNoPanel(t *testing.T) {
	w, err := Build(testSample("AAA"), testQuestionnaire(t), nil, Meta{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Column(PanelColumn); err == nil {
		t.Error("the wave has a column that joins waves, though none was asked for")
	}
}
