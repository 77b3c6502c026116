package runner

import (
	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
)

// question is an item as a page shows it: one group of choices, one group per
// row, or fields to write in. All wordings are in the page's language.
type question struct {
	ID       string // of the element, and of the form field where there is one
	Kind     questionnaire.Kind
	Notes    [][]questionnaire.Block // before it
	Label    string
	Hint     string
	Optional bool
	Several  bool   // checkboxes instead of radio buttons
	Fault    string // of the question as a whole
	Groups   []group
	Entries  []entry
	Rest     *rest
	Aside    group // choices beside the entries, if any
	Doubts   []doubt
}

// Control is the part of a question that the shell draws where it has several
// fields: its hint, and what is wrong with the whole.
func (q question) Control() web.Control {
	return web.Control{Name: q.ID, Label: q.Label, Hint: q.Hint, Fault: q.Fault, Optional: q.Optional}
}

// group is one set of choices: a single question, or one row of a matrix.
type group struct {
	Field   string // name of the form field
	Label   string // of the row, "" when the question is the label
	Fault   string
	First   string // id of the first choice, "" without choices
	Choices []choices
}

// Control is the part of a group that the shell draws: what is wrong with it.
func (g group) Control() web.Control { return web.Control{Name: g.Field, Fault: g.Fault} }

// questions draws the items of a page, and lists the faults in their order.
func (d *drawn) questions(page questionnaire.RoutedPage, answers questionnaire.Answers, faults []questionnaire.Fault, l i18n.Lang) ([]web.Piece, web.Faults, error) {
	messages := map[string]string{}
	for _, f := range faults {
		if messages[f.Field()] != "" {
			messages[f.Field()] += ". "
		}
		messages[f.Field()] += f.Message.In(l)
	}
	questions := make([]web.Piece, len(page.Items))
	var summary web.Faults
	for i, item := range page.Items {
		if kept, ok := d.kept(item, answers[item.ID], faults, l); ok {
			questions[i] = kept
			continue
		}
		q := d.layOut(item, answers[item.ID], messages, l)
		q.Doubts = doubtsOf(item.ID, d.q.Doubts(answers, item.ID), l)
		html, err := d.views.HTML(l, "question", q)
		if err != nil {
			return nil, nil, err
		}
		questions[i] = d.keep(item, answers[item.ID], faults, l, html)
		for _, f := range faults {
			if f.Item == item.ID {
				summary = append(summary, q.fault(f, l))
			}
		}
	}
	return questions, summary, nil
}

func (d *drawn) layOut(item questionnaire.RoutedItem, a questionnaire.Answer, faults map[string]string, l i18n.Lang) question {
	q := question{
		ID: item.ID, Kind: item.Kind, Notes: blocksOf(item.Notes, l), Label: item.Label.In(l), Hint: item.Hint.In(l),
		Optional: !item.Required, Several: item.Kind.Several(), Fault: faults[item.ID],
	}
	switch {
	case item.Kind.Beside():
		w := writing{d, item, a, item.Entries(a, l), faults, l}
		q.Entries, q.Rest, q.Aside = w.entries(), w.rest(), w.aside()
	case !item.Kind.HasRows():
		q.Groups = []group{d.group(item, item.ID, "", item.Options, a.Codes, a, faults, l)}
	default:
		q.Groups = make([]group, len(item.Rows))
		for i, row := range item.Rows {
			q.Groups[i] = d.group(item, questionnaire.Field(item.ID, row.Code), row.Label.In(l), item.Options, a.Rows[row.Code], a, faults, l)
		}
	}
	return q
}

func (d *drawn) group(item questionnaire.RoutedItem, field, label string, options []questionnaire.Option, chosen []string,
	a questionnaire.Answer, faults map[string]string, l i18n.Lang) group {
	g := group{Field: field, Label: label, Fault: faults[field], Choices: d.choices(l, item, field, options, chosen, a, faults)}
	if len(options) > 0 {
		g.First = choiceID(field, options[0].Code)
	}
	return g
}

// fault leads a fault of the question to the place where it is put right. One
// of a row of choices or of an order names the row itself.
func (q question) fault(f questionnaire.Fault, l i18n.Lang) web.Fault {
	out := web.Fault{Target: q.target(f), Message: f.Message.In(l)}
	switch {
	case f.Row == "":
		out.Message = q.Label + " " + out.Message
	case q.Kind == questionnaire.Share:
		for _, e := range q.Entries {
			if e.Name == f.Field() {
				out.Message = e.Label + ": " + out.Message
			}
		}
	}
	return out
}

// target is the id of the element where a fault is put right.
func (q question) target(f questionnaire.Fault) string {
	for _, g := range append(q.Groups, q.Aside) {
		if g.Field == f.Field() && g.First != "" {
			return g.First
		}
	}
	for _, e := range q.Entries {
		if e.Name == f.Field() && len(e.Readings) > 0 {
			return e.Readings[0].ID
		}
	}
	if f.Part == questionnaire.ConfirmPart {
		for _, d := range q.Doubts {
			if !d.Confirmed {
				return d.ID
			}
		}
	}
	first := f.Row == "" && f.Part == ""
	switch {
	case first && len(q.Groups) > 0:
		return q.Groups[0].First
	case first && q.Rest != nil:
		return q.Rest.ID
	case first && len(q.Entries) > 0:
		return q.Entries[0].Name
	}
	return f.Field()
}
