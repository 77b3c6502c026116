package runner

import (
	"html/template"

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
	MaxLength int
	Text      string
	Groups    []group
}

// group is one set of choices: a single question, or one row of a matrix.
type group struct {
	Field   string // name of the form field
	Label   string // of the row, "" when the question is the label
	Fault   string
	First   string // id of the first choice, "" without choices
	Choices template.HTML
}

// Control is the part of a group that the shell draws: what is wrong with it.
func (g group) Control() web.Control { return web.Control{Name: g.Field, Fault: g.Fault} }

// Fault returns what is wrong with a question that has no rows.
func (q question) Fault() string {
	if len(q.Groups) == 1 {
		return q.Groups[0].Fault
	}
	return ""
}

// questions draws the items of a page, and lists the faults in their order.
func (d *drawn) questions(page questionnaire.RoutedPage, answers questionnaire.Answers, faults []questionnaire.Fault, l i18n.Lang) ([]template.HTML, web.Faults, error) {
	messages := map[string]string{}
	for _, f := range faults {
		messages[f.Field()] = f.Message.In(l)
	}
	questions := make([]template.HTML, len(page.Items))
	var summary web.Faults
	for i, item := range page.Items {
		if len(faults) == 0 && answers[item.ID].IsZero() && item.Whole() {
			questions[i] = d.blank[drawing{l, item.ID, ""}]
			continue
		}
		q := d.layOut(item, answers[item.ID], messages, l)
		html, err := d.views.HTML(l, "question", q)
		if err != nil {
			return nil, nil, err
		}
		questions[i], summary = html, append(summary, q.faults()...)
	}
	return questions, summary, nil
}

func (d *drawn) layOut(item questionnaire.RoutedItem, a questionnaire.Answer, faults map[string]string, l i18n.Lang) question {
	q := question{
		ID: item.ID, Kind: item.Kind, Label: item.Label.In(l), Hint: item.Hint.In(l), Optional: !item.Required,
		Several: item.Kind.Several(), MaxLength: item.MaxLength, Text: a.Text,
	}
	if !item.Kind.HasRows() {
		q.Groups = []group{d.group(item.ID, "", item.Options, a.Codes, faults, l)}
		return q
	}
	q.Groups = make([]group, len(item.Rows))
	for i, row := range item.Rows {
		q.Groups[i] = d.group(questionnaire.Field(item.ID, row.Code), row.Label.In(l), item.Options, a.Rows[row.Code], faults, l)
	}
	return q
}

func (d *drawn) group(field, label string, options []questionnaire.Option, chosen []string, faults map[string]string, l i18n.Lang) group {
	g := group{Field: field, Label: label, Fault: faults[field], Choices: d.choices(l, field, options, chosen)}
	if len(options) > 0 {
		g.First = choiceID(field, options[0].Code)
	}
	return g
}

// faults lists the faults of a question, each leading to the field where it is
// put right.
func (q question) faults() web.Faults {
	var faults web.Faults
	for _, g := range q.Groups {
		if g.Fault == "" {
			continue
		}
		target := q.ID
		if g.First != "" {
			target = g.First
		}
		message := g.Fault
		if g.Label == "" { // a row's fault names the row itself
			message = q.Label + " " + g.Fault
		}
		faults = append(faults, web.Fault{Target: target, Message: message})
	}
	return faults
}
