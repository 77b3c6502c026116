package robot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// place is what the name of a field says of it: of which item it is, of which
// row or option, and which part.
type place struct{ item, row, part string }

func placeOf(name string) place {
	item, row, part := questionnaire.Split(name)
	return place{item, row, part}
}

// confirms reports whether the form asks to confirm an answer.
func (f *form) confirms() bool {
	return slices.ContainsFunc(f.fields, func(fd field) bool {
		return fd.kind == "checkbox" && !fd.checked && placeOf(fd.name).part == questionnaire.ConfirmPart
	})
}

// answer returns what the visitor enters in the field. A field to write in that
// it has no answer to is left empty; a choice it has none to is an error.
func (fd field) answer(answers questionnaire.Answers, l i18n.Lang) ([]string, error) {
	at := placeOf(fd.name)
	a := answers[at.item]
	switch {
	case fd.kind == "hidden":
		return []string{fd.value}, nil
	case fd.kind == "text":
		return []string{written(at, a, l)}, nil
	case fd.kind == "select":
		return []string{rank(at, a)}, nil
	case at.part == questionnaire.ConfirmPart:
		return fd.options, nil
	case at.part == questionnaire.NonePart:
		return slices.DeleteFunc(slices.Clone(a.Codes), func(code string) bool { return !slices.Contains(fd.options, code) }), nil
	case at.part != "":
		return nil, nil // help that a true answer needs none of
	}
	return fd.choose(at, a)
}

func (fd field) choose(at place, a questionnaire.Answer) ([]string, error) {
	codes := a.Codes
	if at.row != "" {
		codes = a.Rows[at.row]
	}
	switch {
	case len(codes) == 0:
		return nil, fmt.Errorf("asks for %s, to which the unit has no answer", fd.name)
	case fd.kind == "radio" && len(codes) > 1:
		return nil, fmt.Errorf("asks for one answer to %s, the unit has %v", fd.name, codes)
	}
	for _, c := range codes {
		if !slices.Contains(fd.options, c) {
			return nil, fmt.Errorf("offers %v for %s, the unit's answer is %s", fd.options, fd.name, c)
		}
	}
	return codes, nil
}

// written is what stands in a field that is written in.
func written(at place, a questionnaire.Answer, l i18n.Lang) string {
	date := strings.Split(a.Value, "-")
	code, isText := strings.CutPrefix(at.part, questionnaire.SpecifyPart(""))
	switch {
	case isText:
		return a.Specify[code]
	case at.part == questionnaire.YearPart:
		return date[0]
	case at.part == questionnaire.MonthPart && len(date) > 1:
		return date[1]
	case at.part == questionnaire.DayPart && len(date) > 2:
		return date[2]
	case at.part != "":
		return ""
	case at.row != "":
		return questionnaire.Entry(a.Parts[at.row], l)
	case a.Value != "":
		return questionnaire.Entry(a.Value, l)
	}
	return a.Text
}

// rank is the place of an option in an order, "" where it has none.
func rank(at place, a questionnaire.Answer) string {
	if i := slices.Index(a.Codes, at.row); i >= 0 {
		return strconv.Itoa(i + 1)
	}
	return ""
}
