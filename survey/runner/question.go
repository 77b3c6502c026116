package runner

import (
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
)

// question is an item as a page shows it: one group of choices, one group per
// row, or a text field. All wordings are in the page's language.
type question struct {
	ID        string // of the element, and of the form field where there is one
	Kind      questionnaire.Kind
	Label     string
	Hint      string
	Optional  bool
	Several   bool // checkboxes instead of radio buttons
	Max       int
	MaxLength int
	Text      string
	Groups    []group
}

// group is one set of choices: a single question, or one row of a matrix.
type group struct {
	Field   string // name of the form field
	Label   string // of the row, "" when the question is the label
	Fault   string
	Choices []choice
}

type choice struct {
	ID      string
	Value   string
	Label   string
	Checked bool
	Alone   bool // clears the others
	Aside   bool // stands apart from the steps of a scale
}

// Fault returns what is wrong with a question that has no rows.
func (q question) Fault() string {
	if len(q.Groups) == 1 {
		return q.Groups[0].Fault
	}
	return ""
}

// questions lays out the items of a page.
func questions(page questionnaire.RoutedPage, answers questionnaire.Answers, faults []questionnaire.Fault, l i18n.Lang) []question {
	messages := map[string]string{}
	for _, f := range faults {
		messages[f.Field()] = f.Message.In(l)
	}
	out := make([]question, len(page.Items))
	for i, item := range page.Items {
		out[i] = layOut(item, answers[item.ID], messages, l)
	}
	return out
}

func layOut(item questionnaire.RoutedItem, a questionnaire.Answer, faults map[string]string, l i18n.Lang) question {
	q := question{
		ID: item.ID, Kind: item.Kind, Label: item.Label.In(l), Hint: item.Hint.In(l), Optional: !item.Required,
		Several: item.Kind.Several(), Max: item.Max, MaxLength: item.MaxLength, Text: a.Text,
	}
	if !item.Kind.HasRows() {
		q.Groups = []group{{Field: item.ID, Fault: faults[item.ID], Choices: choices(item.ID, item.Options, a.Has, l)}}
		return q
	}
	q.Groups = make([]group, len(item.Rows))
	for i, row := range item.Rows {
		field := questionnaire.Field(item.ID, row.Code)
		has := func(code string) bool { return a.RowHas(row.Code, code) }
		q.Groups[i] = group{Field: field, Label: row.Label.In(l), Fault: faults[field], Choices: choices(field, item.Options, has, l)}
	}
	return q
}

func choices(field string, options []questionnaire.Option, has func(string) bool, l i18n.Lang) []choice {
	out := make([]choice, len(options))
	for i, o := range options {
		out[i] = choice{
			ID: choiceID(field, o.Code), Value: o.Code, Label: o.Label.In(l),
			Checked: has(o.Code), Alone: o.Exclusive, Aside: o.DontKnow,
		}
	}
	return out
}

func choiceID(field, code string) string { return field + "-" + code }

// summary lists the faults in the order of the page, each leading to the field
// where it is put right.
func summary(questions []question) []web.Fault {
	var faults []web.Fault
	for _, q := range questions {
		for _, g := range q.Groups {
			if g.Fault == "" {
				continue
			}
			target := q.ID
			if len(g.Choices) > 0 {
				target = g.Choices[0].ID
			}
			message := g.Fault
			if g.Label == "" { // a row's fault names the row itself
				message = q.Label + " " + g.Fault
			}
			faults = append(faults, web.Fault{Target: target, Message: message})
		}
	}
	return faults
}
