package questionnaire

import (
	"fmt"
	"slices"
	"strings"

	"barometer/internal/i18n"
)

// Rule is what an answer can break.
type Rule string

const (
	Required  Rule = "required"   // an answer is missing
	TooMany   Rule = "too_many"   // more options than Item.Max, or several of a single choice
	Clash     Rule = "clash"      // an exclusive option with others
	TooLong   Rule = "too_long"   // more characters than Item.MaxLength
	NotOnList Rule = "not_listed" // an option the item does not offer
	NoNumber  Rule = "no_number"  // what was typed is no number, or has too many decimals
	TwoWays   Rule = "two_ways"   // what was typed can be read as two numbers
	NoDate    Rule = "no_date"    // what was typed is no day or month that there is
	Outside   Rule = "outside"    // beyond Item.Bounds
	NotWhole  Rule = "not_whole"  // shares that do not add to 100
	Tied      Rule = "tied"       // two options of one rank
	Gap       Rule = "gap"        // a rank that no option has
	Unnamed   Rule = "unnamed"    // an option that asks for a text, without one
	Checked   Rule = "checked"    // a hard check of the item
	Doubtful  Rule = "doubtful"   // a soft check of the item, not confirmed
)

// Fault is one thing wrong with the answers, worded for the respondent.
type Fault struct {
	Item    string // id of the item
	Row     string // code of the row, or of the option ranked; "" for the item as a whole
	Part    string // of the field, after "--" in its name; "" for all of it
	Rule    Rule
	Message i18n.Text
}

// Field returns the name of the form field the fault belongs to.
func (f Fault) Field() string { return Part(Field(f.Item, f.Row), f.Part) }

// Field returns the name of the form field for an item, or for one row of it:
// "C4", "H1.ledelse".
func Field(item, row string) string {
	if row == "" {
		return item
	}
	return item + "." + row
}

// partSign divides the name of a field from a part of it. No id and no code has
// a dash.
const partSign = "--"

// Part returns the name of a form field beside the one an answer mainly stands
// in: "K2--year", "C2--text.andet". The empty part is the field itself.
func Part(field, part string) string {
	if part == "" {
		return field
	}
	return field + partSign + part
}

// Split takes the name of a form field apart, as [Field] and [Part] put it
// together.
func Split(name string) (item, row, part string) {
	name, part, _ = strings.Cut(name, partSign)
	item, row, _ = strings.Cut(name, ".")
	return item, row, part
}

// Parts of a field.
const (
	DayPart     = "day"     // of a date
	MonthPart   = "month"   // of a date or month
	YearPart    = "year"    // of a date or month
	NonePart    = "none"    // options beside a field that is written in
	ReadingPart = "reading" // which of two readings of a number was meant
	RestPart    = "rest"    // the row of a share that takes the rest
	ConfirmPart = "confirm" // marks of soft checks confirmed
	textPart    = "text."   // before the code of an option that asks for a text
)

// SpecifyPart is the part of a field that holds the text for an option.
func SpecifyPart(code string) string { return textPart + code }

// Doubt is a soft check that an answer meets: to be confirmed, or confirmed.
type Doubt struct {
	Check     Check
	Mark      string // names the check and what it looked at: another answer has another mark
	Confirmed bool
}

// Complete checks all answers on the route, as before they are submitted. No
// fault means that every question put has a valid answer.
func (q *Questionnaire) Complete(a Answers) []Fault {
	w := q.walk(a)
	defer w.end()
	var faults []Fault
	for _, item := range q.items {
		faults = append(faults, w.faults(item)...)
	}
	return faults
}

// faults checks the answer that counts for an item on the route: by itself, and
// where it stands by itself against the checks of the item.
func (w *walk) faults(item *Item) []Fault {
	s := w.step(item)
	if !s.onRoute() {
		return nil
	}
	if faults := s.check(item, s.answer); len(faults) > 0 {
		return faults
	}
	return w.checked(item)
}

// check checks an answer against the item as it is offered.
func (s *step) check(item *Item, a Answer) []Fault {
	switch {
	case item.Kind.Beside():
		return s.checkBeside(item, a)
	case !item.Kind.HasRows():
		if faults := s.checkCodes(item, "", a.Codes); len(faults) > 0 {
			return faults
		}
		return s.checkSpecify(item, a)
	}
	var faults []Fault
	for _, r := range s.rows {
		faults = append(faults, s.checkCodes(item, r.Code, a.Rows[r.Code])...)
	}
	return faults
}

// checkCodes checks the options chosen in an item, or in one row of it.
func (s *step) checkCodes(item *Item, row string, codes []string) []Fault {
	several := item.Kind.Several()
	switch i := slices.IndexFunc(codes, s.exclusive); {
	case len(codes) == 0 && item.Required:
		return item.fault(row, Required, s.missing(item, row))
	case len(codes) != len(among(s.options, codes)):
		return item.fault(row, NotOnList, i18n.Text{DA: "Vælg blandt de viste svar", EN: "Choose among the answers shown"})
	case !several && len(codes) > 1:
		return item.fault(row, TooMany, i18n.Text{DA: "Vælg kun ét svar", EN: "Select only one answer"})
	case len(codes) > 1 && i >= 0:
		o, _ := find(s.options, codes[i])
		return item.fault(row, Clash, i18n.Text{
			DA: fmt.Sprintf("Vælg enten »%s« eller andre svar, ikke begge dele", o.Label.DA),
			EN: fmt.Sprintf("Select either “%s” or other answers, not both", o.Label.EN),
		})
	case several && item.Max > 0 && len(codes) > item.Max:
		return item.fault(row, TooMany, i18n.Text{
			DA: fmt.Sprintf("Vælg højst %d svar; der er nu valgt %d", item.Max, len(codes)),
			EN: fmt.Sprintf("Select at most %d answers; %d are selected now", item.Max, len(codes)),
		})
	}
	return nil
}

func (s *step) exclusive(code string) bool {
	i := indexOf(s.options, code)
	return i >= 0 && s.options[i].Alone()
}

// Alone reports whether an option is chosen without others.
func (o Option) Alone() bool { return o.Exclusive || o.Refused || o.NotRelevant }

// missing asks for the answer that is not there.
func (s *step) missing(item *Item, row string) i18n.Text {
	ask := i18n.Text{DA: "Vælg et svar", EN: "Select an answer"}
	switch item.Kind {
	case Multiple, MatrixMulti:
		ask = i18n.Text{DA: "Vælg mindst ét svar", EN: "Select at least one answer"}
	case Ranking:
		ask = i18n.Text{DA: "Giv svarene en rækkefølge", EN: "Put the answers in order"}
	case Number:
		ask = i18n.Text{DA: "Skriv et tal", EN: "Enter a number"}
	case Share:
		ask = i18n.Text{DA: "Fordel 100 %", EN: "Distribute 100 %"}
	case Date:
		ask = i18n.Text{DA: "Skriv en dato", EN: "Enter a date"}
	case Month:
		ask = i18n.Text{DA: "Skriv måned og år", EN: "Enter a month and a year"}
	case Line, Text:
		ask = i18n.Text{DA: "Skriv et svar", EN: "Enter an answer"}
	}
	if r, ok := find(s.rows, row); ok {
		ask.DA += " for »" + strings.TrimSuffix(r.Label.DA, ".") + "«"
		ask.EN += " for “" + strings.TrimSuffix(r.Label.EN, ".") + "”"
	}
	return ask
}

func (item *Item) fault(row string, rule Rule, message i18n.Text) []Fault {
	return []Fault{{Item: item.ID, Row: row, Rule: rule, Message: message}}
}
