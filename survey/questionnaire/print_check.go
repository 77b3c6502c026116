package questionnaire

import (
	"fmt"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// decimals says how a number is written.
func (p printer) decimals(n int) string {
	switch n {
	case 0:
		return p.in("hele tal", "whole numbers")
	case 1:
		return p.in("højst én decimal", "at most one decimal")
	}
	return fmt.Sprintf(p.in("højst %d decimaler", "at most %d decimals"), n)
}

// checks says of each check what it asks for, and what the respondent is told:
// whoever fills in the print meets nobody who would say so.
func (p printer) checks(item *Item) (list []string) {
	for _, c := range item.Checks {
		list = append(list, p.check(item, c)+" "+p.in("»", "“")+c.Message.In(p.l)+p.in("«", "”"))
	}
	return list
}

func (p printer) check(item *Item, c Check) string {
	words := func(e expr.Expr) string { return expr.Words(e, p.l, ofAnswer{vocabulary{p.q}, item.ID}) }
	required, isRequired := expr.Negated(c.When)
	switch {
	case c.Hard && isRequired:
		return p.in("Det kræves, at ", "It is required that ") + words(required) + "."
	case c.Hard:
		return p.in("Svaret tages ikke imod, hvis ", "The answer is not accepted if ") + words(c.When) + "."
	case isRequired:
		return p.in("Svaret skal bekræftes, medmindre ", "The answer has to be confirmed unless ") + words(required) + "."
	}
	return p.in("Svaret skal bekræftes, hvis ", "The answer has to be confirmed if ") + words(c.When) + "."
}

// ofAnswer are the words of a check, which looks at the answer it stands under.
type ofAnswer struct {
	vocabulary
	item string
}

// Name implements [expr.Vocabulary].
func (v ofAnswer) Name(name string, l i18n.Lang) string {
	if name == v.item {
		return i18n.Text{DA: "svaret", EN: "the answer"}.In(l)
	}
	return v.vocabulary.Name(name, l)
}
