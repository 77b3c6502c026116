package anonymise_test

import (
	"testing"

	"barometer/analysis/disclosure/anonymise"
)

func TestLook(t *testing.T) {
	w, weights := wave(t, 1, 0.36)
	f := must(anonymise.Make(w, weights, anonymise.Public(), 1))(t)
	for _, l := range f.Report.Lines("da") {
		t.Log(l.Heading, ":", l.Text)
	}
	for _, l := range f.Report.Lines("en") {
		t.Log(l.Heading, ":", l.Text)
	}
}
