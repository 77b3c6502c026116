package questionnaire

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"barometer/internal/i18n"
)

// checkBeside checks the answer to an item with options beside its fields: one
// of the two, not both.
func (s *step) checkBeside(item *Item, a Answer) []Fault {
	var ranked, aside []string
	for _, code := range a.Codes {
		if o, ok := find(s.options, code); ok && o.Substantive() {
			ranked = append(ranked, code)
		} else {
			aside = append(aside, code)
		}
	}
	written := a
	written.Codes, written.Confirmed = ranked, nil
	switch {
	case len(aside) > 0 && (len(aside) > 1 || !written.IsZero()):
		o, _ := find(s.options, aside[0])
		return item.partFault("", NonePart, Clash, either(o.Label, item.Kind))
	case len(aside) > 0:
		return nil
	case written.IsZero() && item.Required:
		return item.fault("", Required, s.missing(item, ""))
	case written.IsZero():
		return nil
	}
	switch item.Kind {
	case Ranking:
		return s.checkRanking(item, written)
	case Number:
		return item.checkNumber("", written.Value, written.Typed[""])
	case Share:
		return s.checkShare(item, written)
	case Date, Month:
		return item.checkDate(written)
	}
	return item.tooLong("", "", a.Text, item.MaxLength)
}

func either(label i18n.Text, k Kind) i18n.Text {
	t := i18n.Text{DA: "Skriv enten et svar, eller vælg »%s«, ikke begge dele", EN: "Either enter an answer or select “%s”, not both"}
	if k == Ranking {
		t = i18n.Text{DA: "Vælg enten »%s« eller en rækkefølge, ikke begge dele", EN: "Select either “%s” or an order, not both"}
	}
	return i18n.Text{DA: fmt.Sprintf(t.DA, label.DA), EN: fmt.Sprintf(t.EN, label.EN)}
}

func (item *Item) tooLong(row, part, text string, most int) []Fault {
	n := utf8.RuneCountInString(text)
	if most == 0 || n <= most {
		return nil
	}
	return item.partFault(row, part, TooLong, i18n.Text{
		DA: fmt.Sprintf("Teksten må højst fylde %d tegn; den fylder nu %d", most, n),
		EN: fmt.Sprintf("The text can be at most %d characters; it is now %d", most, n),
	})
}

// checkSpecify checks the texts that go with chosen options.
func (s *step) checkSpecify(item *Item, a Answer) []Fault {
	var faults []Fault
	for _, o := range s.options {
		if o.Specify == 0 || !a.Has(o.Code) {
			continue
		}
		part := SpecifyPart(o.Code)
		if a.Specify[o.Code] == "" && item.Required {
			faults = append(faults, item.partFault("", part, Unnamed, i18n.Text{
				DA: fmt.Sprintf("Skriv, hvad »%s« dækker over", strings.TrimSuffix(o.Label.DA, ".")),
				EN: fmt.Sprintf("Say what “%s” stands for", strings.TrimSuffix(o.Label.EN, ".")),
			})...)
		}
		faults = append(faults, item.tooLong("", part, a.Specify[o.Code], o.Specify)...)
	}
	return faults
}

// checkNumber checks a number, of the item or of one row.
func (item *Item) checkNumber(row, value, typed string) []Fault {
	switch {
	case typed != "" && len(item.Readings(typed)) > 0:
		return item.fault(row, TwoWays, i18n.Text{
			DA: fmt.Sprintf("»%s« kan læses på flere måder. Vælg, hvad der menes", typed),
			EN: fmt.Sprintf("“%s” can be read in more than one way. Select what you mean", typed),
		})
	case typed != "" || !isDecimal(value) || Decimals(value) > item.Decimals:
		return item.fault(row, NoNumber, item.noNumber())
	case item.Kind == Number && item.Bounds.leaveOut(float(value), float):
		return item.fault(row, Outside, item.within())
	}
	return nil
}

// noNumber says how a number is written.
func (item *Item) noNumber() i18n.Text {
	switch item.Decimals {
	case 0:
		return i18n.Text{DA: "Skriv et helt tal, for eksempel 1250", EN: "Enter a whole number, for example 1250"}
	case 1:
		return i18n.Text{DA: "Skriv et tal med højst én decimal, for eksempel 12,5", EN: "Enter a number with at most one decimal, for example 12.5"}
	}
	return i18n.Text{
		DA: fmt.Sprintf("Skriv et tal med højst %d decimaler, for eksempel 12,5", item.Decimals),
		EN: fmt.Sprintf("Enter a number with at most %d decimals, for example 12.5", item.Decimals),
	}
}

// leaveOut reports whether x lies outside.
func (b Bounds) leaveOut(x float64, of func(string) float64) bool {
	return b.Low != "" && x < of(b.Low) || b.High != "" && x > of(b.High)
}

// within says between what an answer has to lie.
func (item *Item) within() i18n.Text {
	kind := i18n.Text{DA: "Skriv et tal", EN: "Enter a number"}
	if item.Kind.Dated() {
		kind = i18n.Text{DA: "Skriv en dato", EN: "Enter a date"}
	}
	if item.Kind == Month {
		kind = i18n.Text{DA: "Skriv en måned", EN: "Enter a month"}
	}
	r := item.between(item.Bounds)
	return i18n.Text{DA: kind.DA + " " + r.DA, EN: kind.EN + " " + r.EN}
}

// between puts bounds in words: from 0 to 100.
func (item *Item) between(b Bounds) i18n.Text {
	say := func(l i18n.Lang, both, low, high string) string {
		switch {
		case b.High == "":
			return fmt.Sprintf(low, item.valueInWords(b.Low, l))
		case b.Low == "":
			return fmt.Sprintf(high, item.valueInWords(b.High, l))
		}
		from := item.valueInWords(b.Low, l)
		if item.Kind == Number {
			from = Decimal(b.Low, l) // the unit follows
		}
		return fmt.Sprintf(both, from, item.valueInWords(b.High, l))
	}
	if item.Kind.Dated() {
		return i18n.Text{DA: say("da", "fra %s til %s", "fra %s eller senere", "til og med %s"), EN: say("en", "from %s to %s", "from %s or later", "up to %s")}
	}
	return i18n.Text{DA: say("da", "fra %s til %s", "på mindst %s", "på højst %s"), EN: say("en", "from %s to %s", "of at least %s", "of at most %s")}
}

// checkDate checks a date or month.
func (item *Item) checkDate(a Answer) []Fault {
	if !item.isDate(a.Value) {
		parts := map[string]string{}
		for _, p := range item.dated() {
			parts[p] = a.Typed[Part("", p)]
		}
		part, message := item.noDate(parts)
		return item.partFault("", part, NoDate, message)
	}
	number := func(v string) float64 { n, _ := days(v); return float64(n) }
	if item.Bounds.leaveOut(number(a.Value), number) {
		return item.partFault("", item.dated()[0], Outside, item.within())
	}
	return nil
}

// checkShare checks the parts and their sum.
func (s *step) checkShare(item *Item, a Answer) []Fault {
	var faults []Fault
	for _, row := range s.rows {
		value, typed := a.Parts[row.Code], a.Typed["."+row.Code]
		if value == "" && typed == "" {
			continue
		}
		if found := item.checkNumber(row.Code, value, typed); found != nil {
			faults = append(faults, found...)
		} else if n := scaled(value, shareDecimals); n < 0 || n > whole {
			faults = append(faults, item.fault(row.Code, Outside, i18n.Text{DA: "Skriv et tal fra 0 til 100", EN: "Enter a number from 0 to 100"})...)
		}
	}
	if left := whole - item.sum(a.Parts); faults == nil && (left != 0 || len(a.Parts) < len(s.rows)) {
		return item.fault("", NotWhole, notWhole(left))
	}
	return faults
}

// notWhole says what the shares add to and what is left, in units of the last
// decimal.
func notWhole(left int64) i18n.Text {
	sum, diff := unscaled(whole-left, shareDecimals), unscaled(max(left, -left), shareDecimals)
	t := i18n.Text{DA: "Tallene giver %s %% i alt. Der mangler %s %%", EN: "The numbers add up to %s %%. %s %% is missing"}
	if left < 0 {
		t = i18n.Text{DA: "Tallene giver %s %% i alt. Det er %s %% for meget", EN: "The numbers add up to %s %%. That is %s %% too much"}
	}
	return i18n.Text{DA: fmt.Sprintf(t.DA, Decimal(sum, "da"), Decimal(diff, "da")), EN: fmt.Sprintf(t.EN, sum, diff)}
}

// checkRanking checks that the first ranks are given, each once.
func (s *step) checkRanking(item *Item, a Answer) []Fault {
	for i, o := range s.ranked() {
		rank := a.Typed["."+o.Code]
		for _, other := range s.ranked()[:i] {
			if rank != "" && a.Typed["."+other.Code] == rank {
				return item.fault(o.Code, Tied, i18n.Text{
					DA: fmt.Sprintf("»%s« og »%s« har begge plads nr. %s. Giv dem hver sin plads", other.Label.DA, o.Label.DA, rank),
					EN: fmt.Sprintf("“%s” and “%s” are both number %s. Give each a number of its own", other.Label.EN, o.Label.EN, rank),
				})
			}
		}
	}
	most := s.most(item)
	for rank := 1; rank <= most; rank++ {
		if !a.hasRank(rank) {
			return item.fault("", Gap, i18n.Text{
				DA: fmt.Sprintf("Vælg, hvad der skal stå som nr. %d. Giv pladserne fra 1 til %d hver ét svar", rank, most),
				EN: fmt.Sprintf("Select what is number %d. Give each number from 1 to %d to one answer", rank, most),
			})
		}
	}
	return nil
}

// most is how many options are ranked.
func (s *step) most(item *Item) int {
	n := len(s.ranked())
	if item.Max > 0 {
		n = min(n, item.Max)
	}
	return n
}

func (a Answer) hasRank(rank int) bool {
	for _, r := range a.Typed {
		if r == fmt.Sprint(rank) {
			return true
		}
	}
	return len(a.Typed) == 0 && rank <= len(a.Codes)
}

func (item *Item) partFault(row, part string, rule Rule, message i18n.Text) []Fault {
	return []Fault{{Item: item.ID, Row: row, Part: part, Rule: rule, Message: message}}
}

// confirmed returns the marks of those doubts that are confirmed.
func confirmed(doubts []Doubt) []string {
	var marks []string
	for _, d := range doubts {
		if d.Confirmed && !slices.Contains(marks, d.Mark) {
			marks = append(marks, d.Mark)
		}
	}
	return marks
}
