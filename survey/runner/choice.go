package runner

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
)

// choice is one radio button or checkbox with its label.
type choice struct {
	ID      string
	Field   string
	Value   string
	Label   string
	Several bool
	Checked bool
	Alone   bool // clears the others
	Aside   bool // stands apart from the steps of a scale
}

func choiceID(field, code string) string { return field + "-" + code }

// drawn holds every choice of a questionnaire as finished HTML. The largest
// page has a hundred of them, of which a request decides nothing but which are
// checked and which are offered; so they are drawn once, when the program
// starts.
type drawn map[drawing][2]template.HTML // not checked, checked

type drawing struct {
	lang        i18n.Lang
	field, code string
}

func draw(views *web.Views, q *questionnaire.Questionnaire) (drawn, error) {
	d := drawn{}
	for _, item := range q.Items() {
		fields := []string{item.ID}
		if item.Kind.HasRows() {
			fields = fields[:0]
			for _, row := range item.Rows {
				fields = append(fields, questionnaire.Field(item.ID, row.Code))
			}
		}
		for _, field := range fields {
			if err := d.add(views, item, field); err != nil {
				return nil, fmt.Errorf("draw %s: %w", field, err)
			}
		}
	}
	return d, nil
}

func (d drawn) add(views *web.Views, item *questionnaire.Item, field string) error {
	for _, l := range i18n.Languages {
		for _, o := range item.Options {
			var states [2]template.HTML
			for i := range states {
				html, err := views.HTML(l, "choice", choice{
					ID: choiceID(field, o.Code), Field: field, Value: o.Code, Label: o.Label.In(l),
					Several: item.Kind.Several(), Checked: i == 1, Alone: o.Exclusive, Aside: o.Exclusive || o.DontKnow,
				})
				if err != nil {
					return err
				}
				states[i] = html
			}
			d[drawing{l, field, o.Code}] = states
		}
	}
	return nil
}

// choices puts the offered options of a field together, with the chosen ones
// checked.
func (d drawn) choices(l i18n.Lang, field string, options []questionnaire.Option, chosen []string) template.HTML {
	var b strings.Builder
	for _, o := range options {
		states := d[drawing{l, field, o.Code}]
		if slices.Contains(chosen, o.Code) {
			b.WriteString(string(states[1]))
		} else {
			b.WriteString(string(states[0]))
		}
	}
	return template.HTML(b.String())
}
