package questionnaire

import (
	"regexp"
	"slices"
	"strings"

	"barometer/internal/i18n"
)

// place matches the place of an earlier answer in a text: ${C1|what you did},
// with what is said there where that was not answered.
var place = regexp.MustCompile(`\$\{([A-Z][A-Z0-9]*(?:\.[a-z0-9_]+)?)\|([^{}|]+)\}`)

// places lists the names whose answers stand in a text, each once and sorted.
func places(text string) []string {
	var names []string
	for _, m := range place.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Piped reports whether earlier answers stand in the wording of the item, its
// options or its rows.
func (item *Item) Piped() bool { return item.piped }

// Piped reports whether earlier answers stand in the wording of the option.
func (o Option) Piped() bool { return o.piped }

func hasPlace(t i18n.Text) bool { return place.MatchString(t.DA) || place.MatchString(t.EN) }

// fixed is the label of an option as it is the same for everyone.
func (o Option) fixed() i18n.Text {
	if o.Piped() {
		return o.Short
	}
	return o.Label
}

// filled puts earlier answers into the labels of options. The questionnaire's
// own are left as they are.
func (w *walk) filled(options []Option) []Option {
	if !slices.ContainsFunc(options, Option.Piped) {
		return options
	}
	options = slices.Clone(options)
	for i := range options {
		options[i].Label = w.fill(options[i].Label)
	}
	return options
}

// fill puts earlier answers in their places. They are text like any other and
// escaped wherever that is.
func (w *walk) fill(t i18n.Text) i18n.Text {
	if !hasPlace(t) {
		return t
	}
	put := func(text string, l i18n.Lang) string {
		return place.ReplaceAllStringFunc(text, func(at string) string {
			m := place.FindStringSubmatch(at)
			if words := w.said(m[1], l); words != "" {
				return words
			}
			return m[2]
		})
	}
	return i18n.Text{DA: put(t.DA, i18n.Danish), EN: put(t.EN, i18n.English)}
}

// said is the answer to a name in words, "" where there is none in substance.
func (w *walk) said(name string, l i18n.Lang) string {
	b := w.q.names[name]
	item := w.q.items[b.item]
	s := w.step(item)
	for _, code := range s.answer.Codes {
		if o, ok := find(item.Options, code); ok && !o.Substantive() {
			return ""
		}
	}
	if s.answer.IsZero() || len(s.check(item, s.answer)) > 0 {
		return ""
	}
	var words []string
	for _, line := range inWords(item, s.options, s.rows, s.answer, l) {
		if b.row == "" || line.code == b.row {
			words = append(words, strings.Join(strings.Fields(line.Text), " "))
		}
	}
	return enumerate(words, l)
}

// enumerate joins words as a sentence does: a, b and c.
func enumerate(words []string, l i18n.Lang) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + i18n.Text{DA: " og ", EN: " and "}.In(l) + words[last]
}

// Worded is a text of the questionnaire as it reads outside of any response:
// where an answer would stand, it names the question.
func (q *Questionnaire) Worded(t i18n.Text) i18n.Text {
	name := func(text, words string) string { return place.ReplaceAllString(text, words) }
	return i18n.Text{DA: name(t.DA, "[svaret på $1]"), EN: name(t.EN, "[the answer to $1]")}
}
