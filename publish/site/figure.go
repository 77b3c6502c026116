package site

import (
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/reports/number"
	"barometer/reports/prose"
)

// figure is a cell as a page shows it.
type figure struct {
	Value    string // "83 pct.", "(45 pct.)" where uncertain, "" where suppressed
	Interval string // "" where the figure is counted
	N        string // answers behind an estimate
	Status   string // in words, "" for an ordinary figure
	Shown    bool
}

// figure writes a cell in words and numbers.
func (s *Site) figure(ind table.Indicator, c table.Cell, l i18n.Lang) figure {
	f, shown := c.Figure()
	if !shown {
		return figure{Status: prose.Suppressed(c.Status(), l)}
	}
	v := figure{Value: s.value(ind.Kind, f.Value, l), Shown: true}
	if !ind.Counted {
		v.Interval, v.N = interval(ind.Kind, f, l), number.Integer(f.N, l)
	}
	if c.Status() == table.Uncertain {
		v.Value = "(" + v.Value + ")"
		v.Status = s.views.T(l, "figure.uncertain")
	}
	return v
}

// value writes a value with its unit.
func (s *Site) value(k table.Kind, x float64, l i18n.Lang) string {
	if k == table.Score {
		return s.views.T(l, "figure.points", "value", prose.Value(x, k, l))
	}
	return prose.Value(x, k, l)
}

// interval writes a confidence interval that no line break divides.
func interval(k table.Kind, f table.Figure, l i18n.Lang) string {
	if k == table.Score {
		return unbroken(number.Interval(f.Low, f.High, 0, l))
	}
	return unbroken(number.PercentInterval(f.Low, f.High, l))
}

// unbroken sets word joiners around dashes, after which a line may else end.
func unbroken(s string) string { return strings.ReplaceAll(s, "–", "\u2060–\u2060") }
