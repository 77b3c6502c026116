package benchmark

import (
	"fmt"
	"net/url"
	"slices"

	"barometer/survey/questionnaire"
)

// shortItems are the questions of the short form: what stands at the front of the
// results, and can be answered in ten minutes without looking anything up. Ids
// are frozen across waves.
var shortItems = []string{"B1", "B2", "B3", "B4", "C4", "D2", "E1", "F1", "G1", "K1"}

// Question is an item of the short form, whole.
type Question struct {
	*questionnaire.Item
	Always bool // asked of everybody; others are about the latest innovation
}

// Short lists the questions of the short form that the questionnaire has.
func (s *Source) Short() (list []Question) {
	for _, id := range shortItems {
		item, ok := s.Questionnaire.Item(id)
		if ok && (item.Kind == questionnaire.Single || item.Kind == questionnaire.Multiple || item.Kind == questionnaire.Matrix) {
			list = append(list, Question{item, item.Relevant == nil})
		}
	}
	return list
}

// Fields are the names of the form fields of a question.
func (q Question) Fields() []string {
	if !q.Kind.HasRows() {
		return []string{q.ID}
	}
	var names []string
	for _, row := range q.Rows {
		names = append(names, questionnaire.Field(q.ID, row.Code))
	}
	return names
}

// FormError is a form that the page cannot have sent. It is refused whole.
type FormError struct {
	Field, Reason string
}

func (e *FormError) Error() string {
	return fmt.Sprintf("benchmark: field %.40q: %s", e.Field, e.Reason)
}

// ReadShort takes answers to some questions out of a form, and refuses fields
// that are none of them, codes that are no option, and one given twice. What was
// not answered is left open; an option that stands alone clears the others.
func ReadShort(questions []Question, form url.Values) (questionnaire.Answers, error) {
	known := map[string]bool{}
	answers := questionnaire.Answers{}
	for _, q := range questions {
		a, err := q.read(form, known)
		if err != nil {
			return nil, err
		}
		if !a.IsZero() {
			answers[q.ID] = a
		}
	}
	for name := range form {
		if !known[name] {
			return nil, &FormError{name, "is no field of this form"}
		}
	}
	return answers, nil
}

func (q Question) read(form url.Values, known map[string]bool) (a questionnaire.Answer, err error) {
	if !q.Kind.HasRows() {
		known[q.ID] = true
		a.Codes, err = q.codes(q.ID, form[q.ID])
		return a, err
	}
	for _, row := range q.Rows {
		name := questionnaire.Field(q.ID, row.Code)
		known[name] = true
		codes, err := q.codes(name, form[name])
		if err != nil {
			return a, err
		}
		if len(codes) > 0 {
			if a.Rows == nil {
				a.Rows = map[string][]string{}
			}
			a.Rows[row.Code] = codes
		}
	}
	return a, nil
}

func (q Question) codes(name string, sent []string) (codes []string, err error) {
	if len(sent) > 1 && !q.Kind.Several() {
		return nil, &FormError{name, "takes one answer, and several were sent"}
	}
	for i, v := range sent {
		known := slices.ContainsFunc(q.Options, func(o questionnaire.Option) bool { return o.Code == v })
		if !known || slices.Contains(sent[:i], v) {
			return nil, &FormError{name, "an answer is no option, or was sent twice"}
		}
	}
	for _, o := range q.Options { // in the order of the question
		if slices.Contains(sent, o.Code) {
			codes = append(codes, o.Code)
		}
	}
	for _, o := range q.Options {
		if o.Exclusive && slices.Contains(codes, o.Code) {
			return []string{o.Code}, nil
		}
	}
	return codes, nil
}
