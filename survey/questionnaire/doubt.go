package questionnaire

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// usualCheck is the name of the check that Item.Usual stands for.
const usualCheck = "range"

// Doubts returns the soft checks that the answer to an item meets, confirmed or
// not. There are none where the item is off the route or its answer is faulty
// by itself.
func (q *Questionnaire) Doubts(a Answers, item string) []Doubt {
	i, ok := q.Item(item)
	if !ok || !slices.ContainsFunc(i.Checks, func(c Check) bool { return !c.Hard }) {
		return nil
	}
	w := q.walk(a)
	defer w.end()
	if s := w.step(i); !s.onRoute() || len(s.check(i, s.answer)) > 0 {
		return nil
	}
	return w.doubts(i)
}

// doubts finds the soft checks that an answer meets.
func (w *walk) doubts(item *Item) []Doubt {
	var doubts []Doubt
	for _, c := range item.Checks {
		if !c.Hard && expr.True(c.When, w) {
			mark := w.mark(c)
			doubts = append(doubts, Doubt{c, mark, slices.Contains(w.step(item).answer.Confirmed, mark)})
		}
	}
	return doubts
}

// checked returns what the checks of an item have against its answer.
func (w *walk) checked(item *Item) []Fault {
	var faults []Fault
	for _, c := range item.Checks {
		if c.Hard && expr.True(c.When, w) {
			faults = append(faults, item.fault("", Checked, c.Message)...)
		}
	}
	if faults != nil {
		return faults
	}
	for _, d := range w.doubts(item) {
		if !d.Confirmed {
			faults = append(faults, item.partFault("", ConfirmPart, Doubtful, d.Check.Message)...)
		}
	}
	return faults
}

// mark names a check and the values it looks at, so that a confirmation ends
// with the answer that it was given for.
func (w *walk) mark(c Check) string {
	h := sha256.New()
	for _, name := range c.When.Names() {
		v := w.Value(name)
		fmt.Fprintf(h, "%s %v %q %v %q\n", name, v.Bool(), v.Text(), v.Number(), v.Set())
	}
	return c.ID + "." + hex.EncodeToString(h.Sum(nil)[:4])
}

// usual is the check that the usual bounds of an item stand for.
func (item *Item) usual() Check {
	r := item.between(item.Usual)
	t := i18n.Text{DA: "Tallet er usædvanligt; man ville vente et tal %s. Er det rigtigt?", EN: "The number is unusual; one would expect a number %s. Is it right?"}
	switch item.Kind {
	case Date:
		t = i18n.Text{DA: "Datoen er usædvanlig; man ville vente en dato %s. Er den rigtig?", EN: "The date is unusual; one would expect a date %s. Is it right?"}
	case Month:
		t = i18n.Text{DA: "Måneden er usædvanlig; man ville vente en måned %s. Er den rigtig?", EN: "The month is unusual; one would expect a month %s. Is it right?"}
	}
	return Check{ID: usualCheck, Message: i18n.Text{DA: fmt.Sprintf(t.DA, r.DA), EN: fmt.Sprintf(t.EN, r.EN)}}
}

// outside is the route of a value outside bounds, as in the file.
func (item *Item) outside(b Bounds) string {
	literal := func(v string) string {
		if n, ok := days(v); ok && item.Kind.Dated() {
			return "date('" + expr.Day(n) + "')"
		}
		return v
	}
	switch {
	case b.High == "":
		return ". < " + literal(b.Low)
	case b.Low == "":
		return ". > " + literal(b.High)
	}
	return ". < " + literal(b.Low) + " or . > " + literal(b.High)
}
