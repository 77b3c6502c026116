package runner

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"sync"

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

// drawn holds what a request decides nothing about as finished HTML, made once
// when the program starts: the top of every page, every question as it stands
// before it is answered, and every choice. The largest page has a hundred
// choices, of which a request only decides which are checked and offered.
type drawn struct {
	q        *questionnaire.Questionnaire
	views    *web.Views
	headings map[drawing]template.HTML    // by page
	blank    map[drawing]web.Piece        // by item
	options  map[drawing][2]template.HTML // by field and code: not checked, checked
	patterns sync.Map                     // by patternKey
	chosen   chosen
}

// drawing names what is drawn: a page, an item, or an option of a field.
type drawing struct {
	lang     i18n.Lang
	of, code string
}

func draw(views *web.Views, q *questionnaire.Questionnaire) (*drawn, error) {
	d := &drawn{
		q: q, views: views,
		headings: map[drawing]template.HTML{}, blank: map[drawing]web.Piece{}, options: map[drawing][2]template.HTML{},
	}
	for _, l := range i18n.Languages {
		for i := range q.Pages {
			if err := d.addHeading(&q.Pages[i], l); err != nil {
				return nil, fmt.Errorf("draw page %s: %w", q.Pages[i].ID, err)
			}
		}
		for _, item := range q.Items() {
			if err := d.addItem(item, l); err != nil {
				return nil, fmt.Errorf("draw %s: %w", item.ID, err)
			}
		}
	}
	return d, nil
}

func (d *drawn) addHeading(p *questionnaire.Page, l i18n.Lang) (err error) {
	d.headings[drawing{l, p.ID, ""}], err = d.views.HTML(l, "heading", struct {
		Title string
		Intro []questionnaire.Block
	}{p.Title.In(l), questionnaire.Blocks(p.Intro.In(l))})
	return err
}

func (d *drawn) addItem(item *questionnaire.Item, l i18n.Lang) error {
	for _, field := range fields(item) {
		for _, o := range item.Options {
			if o.Substantive() && item.Kind.Beside() {
				continue // put in order
			}
			if err := d.addOption(item, field, o, l); err != nil {
				return err
			}
		}
	}
	whole := questionnaire.RoutedItem{Item: item, Label: item.Label, Hint: item.Hint, Options: item.Options, Rows: item.Rows}
	html, err := d.views.HTML(l, "question", d.layOut(whole, questionnaire.Answer{}, nil, l))
	d.blank[drawing{l, item.ID, ""}] = web.Fixed(html)
	return err
}

func fields(item *questionnaire.Item) []string {
	if item.Kind.Beside() {
		return []string{questionnaire.Part(item.ID, questionnaire.NonePart)}
	}
	if !item.Kind.HasRows() {
		return []string{item.ID}
	}
	var names []string
	for _, row := range item.Rows {
		names = append(names, questionnaire.Field(item.ID, row.Code))
	}
	return names
}

func (d *drawn) addOption(item *questionnaire.Item, field string, o questionnaire.Option, l i18n.Lang) error {
	var states [2]template.HTML
	for i := range states {
		html, err := d.option(item, field, o, i == 1, l)
		if err != nil {
			return err
		}
		states[i] = html
	}
	d.options[drawing{l, field, o.Code}] = states
	return nil
}

// option draws one option of a field.
func (d *drawn) option(item *questionnaire.Item, field string, o questionnaire.Option, checked bool, l i18n.Lang) (template.HTML, error) {
	return d.views.HTML(l, "choice", choice{
		ID: choiceID(field, o.Code), Field: field, Value: o.Code, Label: o.Label.In(l),
		Several: item.Kind.Several() || item.Kind.Beside(), Checked: checked, Alone: o.Alone() || item.Kind.Beside(),
		Aside: o.Exclusive || !o.Substantive(),
	})
}

// choices are the offered options of a field, drawn, up to one that asks for a
// text.
type choices struct {
	HTML    template.HTML
	Specify *entry // follows them
}

// choices puts the offered options of a field together, with the chosen ones
// checked. Those with an earlier answer in their wording are drawn for the
// respondent.
func (d *drawn) choices(l i18n.Lang, item questionnaire.RoutedItem, field string, options []questionnaire.Option, chosen []string,
	a questionnaire.Answer, faults map[string]string) []choices {
	var list []choices
	var b strings.Builder
	for i := range options {
		b.WriteString(string(d.choice(item.Item, field, options[i], slices.Contains(chosen, options[i].Code), l)))
		if options[i].Specify > 0 {
			list = append(list, choices{template.HTML(b.String()), d.specify(item.ID, options[i], a, faults, l)})
			b.Reset()
		}
	}
	return append(list, choices{HTML: template.HTML(b.String())})
}

// choice is an option of a field, from what is drawn already where its wording
// is the same for everyone. An option that was drawn once can be drawn again.
func (d *drawn) choice(item *questionnaire.Item, field string, o questionnaire.Option, checked bool, l i18n.Lang) template.HTML {
	if item.Piped() {
		if html, err := d.option(item, field, o, checked, l); err == nil {
			return html
		}
	}
	states := d.options[drawing{l, field, o.Code}]
	if checked {
		return states[1]
	}
	return states[0]
}
