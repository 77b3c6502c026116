package questionnaire

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"barometer/internal/i18n"
)

// FormError is a form that no browser showing the page could have sent. The
// caller refuses it whole and stores nothing.
type FormError struct {
	Field  string
	Reason string
}

func (e *FormError) Error() string { return fmt.Sprintf("form field %.40q: %s", e.Field, e.Reason) }

// maxTextBytes bounds a text answer far above what an item allows, so that a
// text somewhat too long comes back to be shortened while abuse is refused.
const maxTextBytes = 32 << 10

// ReadPage reads what a browser sent for a page and merges it with the answers
// given before. The form holds answer fields only, named as [Field] says; the
// caller takes its own fields out and, since a route depends on stored
// answers, refuses a page drawn from a stale revision first.
//
// Every item of the page that is on the route is checked, also one absent from
// the form, which is then unanswered. Answers are returned together with the
// faults, so that the page can be shown again as it was filled in; they may be
// stored when there are no faults. Numbers are read as they are written in
// language l. A choice of an exclusive option clears the
// others, unless it stood before and others were added: that is a fault for
// the respondent to settle.
//
// The error is a [*FormError]: an unknown field or option, a field of an item
// off the route, a repeated single choice, bytes that are no text.
func (q *Questionnaire) ReadPage(page string, form url.Values, l i18n.Lang, a Answers) (Answers, []Fault, error) {
	i, known := q.pages[page]
	if !known {
		return nil, nil, &FormError{page, "there is no such page"}
	}
	w := q.walk(a)
	defer w.end()
	expected := w.fields(&q.Pages[i])
	for _, name := range sortedKeys(form) {
		if !expected[name] {
			return nil, nil, &FormError{name, "is not asked on page " + page}
		}
	}
	out := a
	for _, item := range q.Pages[i].Items {
		s := w.step(item)
		if !s.onRoute() {
			continue
		}
		answer, err := reader{s, item, form, l, a[item.ID]}.read()
		if err != nil {
			return nil, nil, err
		}
		out = out.with(item.ID, answer)
	}
	out, faults := w.settlePage(&q.Pages[i], out)
	return out, faults, nil
}

// settlePage checks the answers of a page when all of them are there, since a
// check may look at others, and drops confirmations of what no longer is. Where
// there are no checks, the way that led to the page is enough to go by.
func (w *walk) settlePage(p *Page, a Answers) (Answers, []Fault) {
	checks := slices.ContainsFunc(p.Items, func(item *Item) bool { return len(item.Checks) > 0 })
	if checks {
		w = w.q.walk(a)
		defer w.end()
	}
	var faults []Fault
	for _, item := range p.Items {
		s := w.step(item)
		if !s.onRoute() {
			continue
		}
		if !checks {
			faults = append(faults, s.check(item, a[item.ID])...)
			continue
		}
		faults = append(faults, w.faults(item)...)
		if answer := a[item.ID]; len(answer.Confirmed) > 0 {
			answer.Confirmed = confirmed(w.doubts(item))
			a = a.with(item.ID, answer)
		}
	}
	return a, faults
}

func sortedKeys(form url.Values) []string {
	keys := make([]string, 0, len(form))
	for k := range form {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// fields returns the form fields of the page.
func (w *walk) fields(p *Page) map[string]bool {
	fields := make(map[string]bool)
	for _, item := range p.Items {
		s := w.step(item)
		if !s.onRoute() {
			continue
		}
		for _, name := range s.fieldsOf(item) {
			fields[name] = true
		}
	}
	return fields
}

// readCodes takes the options chosen in an item, or in one row of it.
func (s *step) readCodes(item *Item, row string, form url.Values, before []string) ([]string, error) {
	name := Field(item.ID, row)
	values := form[name]
	if !item.Kind.Several() && len(values) > 1 {
		return nil, &FormError{name, "one answer was asked for, several were sent"}
	}
	for i, v := range values {
		if indexOf(s.options, v) < 0 {
			return nil, &FormError{name, fmt.Sprintf("%.40q is not an option", v)}
		}
		if slices.Contains(values[:i], v) {
			return nil, &FormError{name, fmt.Sprintf("%q was sent twice", v)}
		}
	}
	return s.clear(among(s.options, values), before), nil
}

// clear lets a newly chosen exclusive option stand alone. Codes come back as
// they are when that cannot be told: two exclusive options, or others added to
// one that stood before.
func (s *step) clear(codes, before []string) []string {
	i := slices.IndexFunc(codes, s.exclusive)
	if i < 0 || slices.ContainsFunc(codes[i+1:], s.exclusive) || slices.Contains(before, codes[i]) {
		return codes
	}
	return codes[i : i+1]
}

// readText takes a text answer: line ends as \n, no space around it.
func readText(name string, values []string) (string, error) {
	if len(values) > 1 {
		return "", &FormError{name, "one text was asked for, several were sent"}
	}
	if len(values) == 0 {
		return "", nil
	}
	text := strings.ReplaceAll(values[0], "\r\n", "\n")
	switch {
	case len(text) > maxTextBytes:
		return "", &FormError{name, fmt.Sprintf("the text is longer than %d bytes", maxTextBytes)}
	case !utf8.ValidString(text):
		return "", &FormError{name, "the text is not valid UTF-8"}
	case strings.ContainsFunc(text, forbidden):
		return "", &FormError{name, "the text holds a control character"}
	}
	return strings.TrimSpace(text), nil
}

func forbidden(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
