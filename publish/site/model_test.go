package site_test

import (
	"strings"
	"testing"
)

// Model-based figures stand in a section of their own, say what they are made
// of, and leave the suppressed cell of the table as it is.
func TestModelBasedFiguresOnAnIndicatorPage(t *testing.T) {
	h := ordinary(t)
	page := text(parse(t, h, "/da/indicators/reuse"))
	before, section, found := strings.Cut(page, "Modelbaserede skøn")
	if !found {
		t.Fatal("the page has no section of model-based estimates")
	}
	section, _, _ = strings.Cut(section, "Udvikling")
	if strings.Contains(before, "modelbaseret") {
		t.Error("a model-based figure stands outside its section")
	}
	for _, part := range []string{"71 pct. modelbaseret", "De andre grupper alene", "66 pct. modelbaseret", "Gruppens eget usikre tal og de andre grupper",
		"de 14 grupper, hvis tal vises", "andelen af store arbejdspladser", "forudsætter, at modellen holder"} {
		if !strings.Contains(section, part) {
			t.Errorf("the section does not say %q: %s", part, section)
		}
	}
	english := text(parse(t, h, "/en/indicators/reuse"))
	if !strings.Contains(english, "71% model-based") || !strings.Contains(english, "The interval holds if the model does") {
		t.Error("the English page lacks the section")
	}
	if strings.Contains(text(parse(t, h, "/da/indicators/shared")), "Modelbaserede") {
		t.Error("an indicator without a model has the section")
	}
}
