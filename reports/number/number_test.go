package number

import (
	"math"
	"testing"

	"barometer/internal/i18n"
)

func TestFiguresReadAsInEachLanguage(t *testing.T) {
	cases := []struct{ name, got, want string }{
		{"danish decimal", Decimal(3.25, 1, i18n.Danish), "3,2"},
		{"english decimal", Decimal(3.25, 1, i18n.English), "3.2"},
		{"five digits", Integer(14297, i18n.Danish), "14\u202f297"},
		{"four digits are grouped alike", Integer(4494, i18n.Danish), "4\u202f494"},
		{"millions", Integer(1234567, i18n.English), "1\u202f234\u202f567"},
		{"hundred thousands", Integer(100000, i18n.English), "100\u202f000"},
		{"a rise", Signed(3.25, 1, i18n.Danish), "+3,2"},
		{"a fall", Signed(-3.25, 1, i18n.English), "−3.2"},
		{"a change that rounds to nothing", Signed(0.04, 1, i18n.Danish), "0,0"},
		{"percent da", Percent(0.8349, i18n.Danish), "83\u00a0pct."},
		{"percent en", Percent(0.8349, i18n.English), "83%"},
		{"one decimal", PercentDecimals(0.8349, 1, i18n.Danish), "83,5\u00a0pct."},
		{"interval", PercentInterval(0.81, 0.852, i18n.Danish), "81–85\u00a0pct."},
		{"number interval", Interval(61.24, 63, 1, i18n.Danish), "61,2–63,0"},
		{"points", Points(-0.04, i18n.English), "−4 percentage points"},
		{"minus zero", Decimal(-0.001, 1, i18n.Danish), "0,0"},
		{"undefined", Decimal(math.NaN(), 1, i18n.Danish), "–"},
	}
	for _, c := range cases {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

// Goal 10: a difference is taken before anything is rounded, and zero has no sign.
func TestGoal10_DifferencesBeforeRoundingAndNoNegativeZero(t *testing.T) {
	for want, got := range map[string]string{
		"0":              Decimal(-0.4, 0, i18n.English),
		"0.0":            Signed(-0.04, 1, i18n.English),
		"−0,1":           Signed(-0.06, 1, i18n.Danish),
		"0 procentpoint": Points(0.505-0.501, i18n.Danish), // 51 less 50 where each is rounded first
		"0%":             Percent(-0.0001, i18n.English),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
