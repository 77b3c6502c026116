package runner

import (
	"strconv"

	"barometer/internal/i18n"
	"barometer/internal/web"
	"barometer/survey/questionnaire"
)

// entry is one field that is written in, or one list of places in an order.
type entry struct {
	web.Control
	Value     string
	Unit      string // shown after the field
	MaxLength int
	Figures   bool // a keypad of digits will do
	Readings  []reading
	Places    []web.Option // of an option that is put in order
}

// reading is one of the numbers that what was typed can mean.
type reading struct {
	ID, Name, Value, Label string
}

// doubt is a soft check that an answer meets, with the box that confirms it.
type doubt struct {
	ID, Name, Mark, Text string
	Confirmed            bool
}

// rest offers to give a row of a share what is left.
type rest struct{ ID, Name, Value, Label string }

// writing lays out the fields of an item that is not chosen among options.
type writing struct {
	*drawn
	item    questionnaire.RoutedItem
	answer  questionnaire.Answer
	entered map[string][]string
	faults  map[string]string
	lang    i18n.Lang
}

func (w writing) entries() []entry {
	switch w.item.Kind {
	case questionnaire.Ranking:
		return w.places()
	case questionnaire.Share:
		return w.shares()
	case questionnaire.Date:
		return w.dates(questionnaire.DayPart, questionnaire.MonthPart, questionnaire.YearPart)
	case questionnaire.Month:
		return w.dates(questionnaire.MonthPart, questionnaire.YearPart)
	}
	e := w.entry(w.item.ID, w.item.Label.In(w.lang), w.item.MaxLength)
	e.Hint, e.Optional = w.item.Hint.In(w.lang), !w.item.Required
	if w.item.Kind == questionnaire.Number {
		e.Unit, e.Figures, e.Readings = w.item.Unit.In(w.lang), true, w.readings(w.item.ID, "")
	}
	return []entry{e}
}

func (w writing) entry(name, label string, most int) entry {
	e := entry{Control: web.Control{Name: name, Label: label, Fault: w.faults[name]}, MaxLength: most}
	if values := w.entered[name]; len(values) > 0 {
		e.Value = values[0]
	}
	return e
}

// readings lists what was typed in a field can mean, where that is more than
// one thing. typed is the name under which the answer keeps it.
func (w writing) readings(field, typed string) []reading {
	text := w.answer.Typed[typed]
	if text == "" || w.faults[field] == "" {
		return nil
	}
	name := questionnaire.Part(field, questionnaire.ReadingPart)
	var list []reading
	for _, v := range w.item.Readings(text) {
		list = append(list, reading{choiceID(name, v), name, v, w.reading(v)})
	}
	return list
}

// reading says a number so that it can be read in one way only.
func (w writing) reading(value string) string {
	decimals := questionnaire.Decimals(value)
	switch decimals {
	case 0:
		return w.views.T(w.lang, "reading.whole", "number", value)
	case 1:
		return w.views.T(w.lang, "reading.one", "number", questionnaire.Decimal(value, w.lang))
	}
	return w.views.T(w.lang, "reading.decimals", "number", questionnaire.Decimal(value, w.lang), "decimals", decimals)
}

func (w writing) shares() []entry {
	var list []entry
	for _, row := range w.item.Rows {
		name := questionnaire.Field(w.item.ID, row.Code)
		e := w.entry(name, row.Label.In(w.lang), 0)
		e.Unit, e.Figures, e.Readings = "%", true, w.readings(name, "."+row.Code)
		list = append(list, e)
	}
	return list
}

func (w writing) dates(parts ...string) []entry {
	labels := map[string]string{
		questionnaire.DayPart: "date.day", questionnaire.MonthPart: "date.month", questionnaire.YearPart: "date.year",
	}
	var list []entry
	for _, p := range parts {
		e := w.entry(questionnaire.Part(w.item.ID, p), w.views.T(w.lang, labels[p]), 2)
		if p == questionnaire.YearPart {
			e.MaxLength = 4
		}
		list = append(list, e)
	}
	return list
}

// places offers each option a place in the order.
func (w writing) places() []entry {
	var list []entry
	for _, o := range w.item.Options {
		if o.Substantive() {
			list = append(list, w.entry(questionnaire.Field(w.item.ID, o.Code), o.Label.In(w.lang), 0))
		}
	}
	most := len(list)
	if w.item.Max > 0 {
		most = min(most, w.item.Max)
	}
	for i := range list {
		list[i].Places = []web.Option{{Value: "", Label: w.views.T(w.lang, "place.none")}}
		for n := 1; n <= most; n++ {
			value := strconv.Itoa(n)
			list[i].Places = append(list[i].Places, web.Option{Value: value, Label: w.views.T(w.lang, "place", "n", n), Chosen: list[i].Value == value})
		}
	}
	return list
}

// rest offers the one empty row of a share what is left, once that was missed.
func (w writing) rest() *rest {
	row, left, ok := w.item.Rest(w.answer)
	if !ok || w.faults[w.item.ID] == "" {
		return nil
	}
	name := questionnaire.Part(w.item.ID, questionnaire.RestPart)
	label := w.views.T(w.lang, "share.rest", "row", row.Label.In(w.lang), "left", questionnaire.Decimal(left, w.lang))
	return &rest{choiceID(name, row.Code), name, row.Code, label}
}

// aside are the choices beside the fields of an item.
func (w writing) aside() group {
	var options []questionnaire.Option
	for _, o := range w.item.Options {
		if !o.Substantive() {
			options = append(options, o)
		}
	}
	if options == nil {
		return group{}
	}
	return w.group(w.item, questionnaire.Part(w.item.ID, questionnaire.NonePart), "", options, w.answer.Codes, w.answer, w.faults, w.lang)
}

// doubtsOf lists the soft checks that an answer meets.
func doubtsOf(item string, found []questionnaire.Doubt, l i18n.Lang) []doubt {
	name := questionnaire.Part(item, questionnaire.ConfirmPart)
	var list []doubt
	for _, d := range found {
		list = append(list, doubt{choiceID(name, d.Check.ID), name, d.Mark, d.Check.Message.In(l), d.Confirmed})
	}
	return list
}

// blocksOf divides notes into paragraphs and lists.
func blocksOf(notes []i18n.Text, l i18n.Lang) [][]questionnaire.Block {
	var list [][]questionnaire.Block
	for _, n := range notes {
		list = append(list, questionnaire.Blocks(n.In(l)))
	}
	return list
}

// specify is the field of a text that goes with an option.
func (d *drawn) specify(item string, o questionnaire.Option, a questionnaire.Answer, faults map[string]string, l i18n.Lang) *entry {
	name := questionnaire.Part(item, questionnaire.SpecifyPart(o.Code))
	return &entry{
		Control:   web.Control{Name: name, Label: d.views.T(l, "specify", "option", o.Label.In(l)), Fault: faults[name]},
		Value:     a.Specify[o.Code],
		MaxLength: o.Specify,
	}
}
