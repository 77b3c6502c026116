package chart

import (
	"strings"
	"testing"
)

func TestGoal16_OverlappingTextIsRefused(t *testing.T) {
	at := func(x, baseline float64, text string) label {
		return label{x: x, baseline: baseline, text: text, face: labelType}
	}
	inside := at(12, 30, "42")
	inside.inside = true
	cases := []struct {
		name  string
		marks []mark
		want  string // "" where the drawing is good
	}{
		{"two labels", []mark{at(10, 30, "Kvalitet"), at(30, 32, "Effektivitet")}, `"Effektivitet"`},
		{"side by side", []mark{at(10, 30, "Kvalitet"), at(60, 30, "Effektivitet")}, ""},
		{"one above the other", []mark{at(10, 30, "Kvalitet"), at(10, 43, "Effektivitet")}, ""},
		{"on a bar", []mark{rect{5, 20, 50, 14, focus, focus}, at(10, 30, "Kvalitet")}, "a bar"},
		{"in a bar by intent", []mark{rect{5, 20, 50, 14, focus, focus}, inside}, ""},
		{"on the paper", []mark{rect{0, 0, 200, 100, white, white}, at(10, 30, "Kvalitet")}, ""},
		{"on an interval", []mark{line{0, 27, 100, 27, 1.6, interval, false}, at(10, 30, "Kvalitet")}, "a line"},
		{"across the grid", []mark{line{20, 0, 20, 100, 0.6, gridLine, true}, at(10, 30, "Kvalitet")}, ""},
		{"on a dot", []mark{dot{x: 15, y: 27, r: 4}, at(10, 30, "Kvalitet")}, "a dot"},
		{"left of the paper", []mark{at(-3, 30, "Kvalitet")}, "3 pt outside"},
		{"above the paper", []mark{at(10, 5, "Kvalitet")}, "outside"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			err := (&scene{width: 200, height: 100, marks: c.marks}).check("x")
			if c.want == "" && err != nil {
				t.Errorf("refused: %v", err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "chart x")) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestAxes(t *testing.T) {
	for high := 0.1; high <= 100; high += 0.1 {
		for _, a := range []axis{fromZero(high), around(high/2, high), around(high, high)} {
			if n := len(a.ticks()); n < 2 || n > 5 || a.high < high || a.low > high || a.low < 0 {
				t.Fatalf("axis %+v with %d lines for values up to %.1f", a, n, high)
			}
		}
		if a := fromZero(high); a.low != 0 {
			t.Fatalf("a bar's axis starts at %v", a.low)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, text := range []string{"", "Kvalitet", "Politi, domstole og kriminalforsorg", "arbejdsgang/organisering og ekstern kommunikation"} {
		lines := labelType.wrap(text, 90)
		if got := strings.ReplaceAll(strings.Join(lines, " "), "/ ", "/"); got != text {
			t.Errorf("wrapping changed %q to %q", text, lines)
		}
		for _, l := range lines {
			if w := labelType.width(l); w > 90 {
				t.Errorf("the line %q is %.0f pt wide", l, w)
			}
		}
	}
}

// Goal 21: no bar is drawn over an axis that starts elsewhere than at zero.
func TestGoal21_AxisOfBarsThatDoesNotStartAtZeroIsRefused(t *testing.T) {
	for _, k := range []Kind{Bar, Panels, Stacked, Scale} {
		err := axis{20, 100, 20}.check(k, "values")
		if err == nil || !strings.Contains(err.Error(), "chart values") || !strings.Contains(err.Error(), "starts at 20") {
			t.Errorf("%s: %v", k, err)
		}
	}
	if err := (axis{20, 100, 20}).check(Dots, "values"); err != nil {
		t.Errorf("dots: %v", err)
	}
}
