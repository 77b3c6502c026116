package prose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"barometer/analysis/table"
)

// Significance is the level at which a difference may be put into words.
const Significance = 0.05

// operand is one side of a comparison.
type operand struct {
	indicator, domain string
	figure            table.Figure
	status            table.Status
	label             string
	kind              table.Kind
}

func (w *Writer) operand(indicator, domain string) (operand, error) {
	f, ind, s, err := w.figure(indicator, domain)
	return operand{indicator: indicator, domain: domain, figure: f, status: s, kind: ind.Kind}, err
}

// standardError is that of the difference a − b.
//
// Parts of one breakdown that are unions of strata have independent samples, so
// their variances add. For every other pair (two answers of the same
// respondents, a part and its whole) the table holds no covariance; the bound
// se(a) + se(b) of Cauchy and Schwarz holds whatever it is.
func standardError(a, b operand) float64 {
	if independent(a, b) {
		return math.Hypot(a.figure.SE, b.figure.SE)
	}
	return a.figure.SE + b.figure.SE
}

func independent(a, b operand) bool {
	partA, _, _ := strings.Cut(a.domain, ":")
	partB, _, _ := strings.Cut(b.domain, ":")
	ofStrata := []string{"sector", "subsector", "size", "sector_size"}
	return a.domain != b.domain && partA == partB && slices.Contains(ofStrata, partA)
}

// exceeds reports whether a is above b by more than chance explains, in a
// two-sided t test at [Significance] divided by the number of comparisons that
// were looked at (Bonferroni).
func exceeds(a, b operand, comparisons int) bool {
	if a.status.Suppressed() || b.status.Suppressed() {
		return false
	}
	difference, se := a.figure.Value-b.figure.Value, standardError(a, b)
	if difference <= 1.95*se {
		return false // within any critical value, of which the normal's 1.96 is the least
	}
	return difference > critical(min(a.figure.DF, b.figure.DF), comparisons)*se
}

func critical(df float64, comparisons int) float64 {
	p := 1 - Significance/2/float64(max(comparisons, 1))
	switch {
	case !(df > 0):
		return math.Inf(1)
	case math.IsInf(df, 1):
		return distuv.UnitNormal.Quantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

func (w *Writer) higher(indicatorA, domainA, indicatorB, domainB string) (bool, error) {
	a, errA := w.operand(indicatorA, domainA)
	b, errB := w.operand(indicatorB, domainB)
	if err := firstError(errA, errB); err != nil {
		return false, err
	}
	return exceeds(a, b, 1), nil
}

func (w *Writer) lower(indicatorA, domainA, indicatorB, domainB string) (bool, error) {
	return w.higher(indicatorB, domainB, indicatorA, domainA)
}

// claim writes words that say a is above b, and refuses where the figures do
// not carry them.
func (w *Writer) claim(words, indicatorA, domainA, indicatorB, domainB string) (string, error) {
	ok, err := w.higher(indicatorA, domainA, indicatorB, domainB)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fmt.Errorf("the claim %q is not supported: %s × %s is not above %s × %s at the %v level",
			words, indicatorA, domainA, indicatorB, domainB, Significance)
	}
	return words, nil
}

// above reports whether the whole interval of a share lies above a percentage.
func (w *Writer) above(indicator, domain, percent string) (bool, error) {
	limit, err := strconv.ParseFloat(percent, 64)
	if err != nil {
		return false, err
	}
	f, _, s, err := w.figure(indicator, domain)
	return err == nil && !s.Suppressed() && f.Low > limit/100, err
}

func (w *Writer) below(indicator, domain, percent string) (bool, error) {
	limit, err := strconv.ParseFloat(percent, 64)
	if err != nil {
		return false, err
	}
	f, _, s, err := w.figure(indicator, domain)
	return err == nil && !s.Suppressed() && f.High < limit/100, err
}

// leaders returns the labels, in mid-sentence form, of a family's highest
// indicators in a domain: the highest and those not surely below it. Where more
// than three share the lead, or all do, nothing stands out and the list is
// empty. "Don't know" never leads.
func (w *Writer) leaders(family, domain string) ([]string, error) {
	list, err := w.members(family, domain)
	return w.labels(leading(list)), err
}

// toplist is [Writer.leaders] with the figure after each label: "kvalitet (70 pct.)".
func (w *Writer) toplist(family, domain string) ([]string, error) {
	list, err := w.members(family, domain)
	list = leading(list)
	labels := w.labels(list)
	for i, o := range list {
		labels[i] += " (" + Value(o.figure.Value, o.kind, w.lang) + ")"
	}
	return labels, err
}

// members returns the indicators of a family in a domain, save "don't know".
func (w *Writer) members(family, domain string) ([]operand, error) {
	members := w.table.Family(family)
	if len(members) == 0 {
		return nil, fmt.Errorf("the table has no family %q", family)
	}
	var list []operand
	for _, ind := range members {
		o, err := w.operand(ind.ID, domain)
		if err != nil {
			return nil, err
		}
		o.label = ind.Label.In(w.lang)
		if !strings.HasSuffix(ind.ID, ".ved_ikke") {
			list = append(list, o)
		}
	}
	return list, nil
}

// ahead is [Writer.leaders] for the parts of a breakdown in one indicator.
func (w *Writer) ahead(indicator, breakdown string) ([]string, error) {
	list, err := w.parts(indicator, breakdown)
	return w.labels(leading(list)), err
}

// leading keeps the highest operand and those not surely below it.
func leading(list []operand) []operand {
	list = slices.DeleteFunc(list, func(o operand) bool { return o.status.Suppressed() })
	slices.SortStableFunc(list, func(a, b operand) int { return cmp.Compare(b.figure.Value, a.figure.Value) })
	n := 0
	for n < len(list) && !exceeds(list[0], list[n], len(list)-1) {
		n++
	}
	if n > 3 || n == len(list) {
		return nil
	}
	return list[:n]
}

func (w *Writer) labels(list []operand) []string {
	labels := make([]string, len(list))
	for i, o := range list {
		labels[i] = Mid(w.escape(o.label))
	}
	return labels
}

// differ reports whether any two parts of a breakdown surely differ in an
// indicator: whether its highest is above its lowest, allowing for all pairs.
func (w *Writer) differ(indicator, breakdown string) (bool, error) {
	list, err := w.parts(indicator, breakdown)
	if err != nil {
		return false, err
	}
	for _, a := range list {
		for _, b := range list {
			if exceeds(a, b, len(list)*(len(list)-1)/2) {
				return true, nil
			}
		}
	}
	return false, nil
}

// parts returns an indicator in every part of a breakdown.
func (w *Writer) parts(indicator, breakdown string) ([]operand, error) {
	domains := w.table.Breakdown(breakdown)
	if len(domains) == 0 {
		return nil, fmt.Errorf("the table has no breakdown %q", breakdown)
	}
	var list []operand
	for _, d := range domains {
		o, err := w.operand(indicator, d.ID())
		if err != nil {
			return nil, err
		}
		o.label = d.Label.In(w.lang)
		list = append(list, o)
	}
	return list, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
