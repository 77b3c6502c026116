package prose_test

import (
	"strings"
	"testing"

	"barometer/internal/i18n"
	"barometer/reports/internal/invented"
	"barometer/reports/prose"
)

// Goal 25: a number in the text that is bound to no cell is refused, in digits of
// any form, and the line is named.
func TestGoal25_UnboundNumberIsRefused(t *testing.T) {
	w := prose.New(invented.Table(), i18n.Danish)
	for _, typed := range []string{"83 pct.", "1.611 svar", "i 2025", "½ 5", "{{cell \"innov_rate\"}} af 3"} {
		_, err := w.Write("report.da.md", "Første linje.\n\n"+typed)
		if err == nil || !strings.Contains(err.Error(), "report.da.md:3: a number is typed in the text") {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if _, err := w.Write("report.da.md", `{{cell "innov_rate" sector="kommune"}} af {{n "innov_rate" sector="kommune"}}`); err != nil {
		t.Errorf("bound numbers: %v", err)
	}
}

// Goal 26: words that compare are refused outside a test, and a claim whose test
// does not carry it is refused by name; with another table the same claim stands.
func TestGoal26_UnsupportedClaimIsRefused(t *testing.T) {
	claim := `{{claim "højere end i regionerne" "innov_rate" sector="stat" "innov_rate" sector="region"}}`
	for _, c := range []struct {
		stat float64
		ok   bool
	}{{51, false}, {70, true}} {
		d := invented.New()
		d.Set("innov_rate", "sector:stat", c.stat, c.stat-5, c.stat+5)
		d.Set("innov_rate", "sector:region", 49, 44, 54)
		_, err := prose.New(d.Table(), i18n.Danish).Write("report.da.md", claim)
		switch {
		case c.ok && err != nil:
			t.Errorf("a claim that its test carries: %v", err)
		case !c.ok && (err == nil || !strings.Contains(err.Error(), "report.da.md:1") || !strings.Contains(err.Error(), `"højere end i regionerne" is not supported`)):
			t.Errorf("a claim that its test does not carry: %v", err)
		}
	}
	for l, bare := range map[i18n.Lang]string{i18n.Danish: "Staten er oftere innovativ end regionerne", i18n.English: "The state is higher than the regions"} {
		if err := prose.Check("report", bare, l); err == nil || !strings.Contains(err.Error(), "report:1: a comparison stands outside a test") {
			t.Errorf("%s: %v", l, err)
		}
	}
}

func FuzzWrite(f *testing.F) {
	for _, s := range []string{`{{cell "innov_rate" sector="kommune"}}`, `{{n "a" sector="b" size="1-19"}}`, `{{cell "x" a=""}}`, `{{ "="" }}`, "{{}}a=\"b\""} {
		f.Add(s)
	}
	tab := invented.Table()
	f.Fuzz(func(t *testing.T, src string) {
		if strings.Contains(src, "range") || strings.Contains(src, "template") || strings.Contains(src, "block") || strings.Contains(src, "define") {
			return // loops without end are the author's own
		}
		_, _ = prose.New(tab, i18n.Danish).Write("f", src) // may refuse, must not panic
	})
}
