package questionnaire

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"barometer/internal/i18n"
)

// reader takes one item's answer out of a form.
type reader struct {
	*step
	item   *Item
	form   url.Values
	lang   i18n.Lang
	before Answer
}

// read takes the answer as it was sent. The marks of confirmed checks are taken
// as they come; which of them stand is seen when the page is whole.
func (r reader) read() (Answer, error) {
	var a Answer
	var err error
	switch {
	case r.item.Kind == Ranking:
		a, err = r.ranking()
	case r.item.Kind.Chosen():
		a, err = r.chosen()
	case r.item.Kind == Share:
		a, err = r.share()
	case r.item.Kind == Number:
		a, err = r.numbered()
	case r.item.Kind.Dated():
		a, err = r.dated()
	default:
		a.Text, err = r.text(r.item.ID)
	}
	if err == nil && r.item.Kind.Beside() {
		a, err = r.beside(a)
	}
	if err == nil {
		a.Confirmed, err = r.marks()
	}
	return a, err
}

// chosen reads the options chosen, in the item or in each row, and the texts
// that go with them.
func (r reader) chosen() (Answer, error) {
	if !r.item.Kind.HasRows() {
		codes, err := r.readCodes(r.item, "", r.form, r.before.Codes)
		if err != nil {
			return Answer{}, err
		}
		a := Answer{Codes: codes}
		a.Specify, err = r.specify(codes)
		return a, err
	}
	rows := make(map[string][]string, len(r.rows))
	for _, row := range r.rows {
		codes, err := r.readCodes(r.item, row.Code, r.form, r.before.Rows[row.Code])
		if err != nil {
			return Answer{}, err
		}
		if len(codes) > 0 {
			rows[row.Code] = codes
		}
	}
	return Answer{Rows: rows}, nil
}

// specify reads the texts of the options that ask for one. A text is kept with
// its option alone: the page hides its field from whoever chose another.
func (r reader) specify(codes []string) (map[string]string, error) {
	var texts map[string]string
	for _, o := range r.options {
		if o.Specify == 0 {
			continue
		}
		text, err := r.text(Part(r.item.ID, SpecifyPart(o.Code)))
		if err != nil {
			return nil, err
		}
		if text != "" && slices.Contains(codes, o.Code) {
			texts = put(texts, o.Code, text)
		}
	}
	return texts, nil
}

// put adds to a map that may not be made yet.
func put(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

// numbered reads a number, and which of two readings of it was pointed out.
func (r reader) numbered() (Answer, error) {
	value, typed, err := r.readNumber(r.item.ID)
	a := Answer{Value: value}
	if typed != "" {
		a.Typed = map[string]string{"": typed}
	}
	return a, err
}

// readNumber reads the number in a field. What is none for sure comes back as
// it was typed.
func (r reader) readNumber(field string) (value, typed string, err error) {
	if typed, err = r.line(field); err != nil || typed == "" {
		return "", "", err
	}
	pointed, err := r.line(Part(field, ReadingPart))
	if err != nil {
		return "", "", err
	}
	if pointed != "" && !isDecimal(pointed) {
		return "", "", &FormError{Part(field, ReadingPart), "is no number"}
	}
	if value, ok := r.item.number(typed, r.lang, pointed); ok {
		return value, "", nil
	}
	return "", typed, nil
}

// share reads a number per row. Where all but one are given, the row that was
// pointed out takes the rest; where those given add to 100, the others are 0.
func (r reader) share() (Answer, error) {
	var a Answer
	for _, row := range r.rows {
		value, typed, err := r.readNumber(Field(r.item.ID, row.Code))
		switch {
		case err != nil:
			return Answer{}, err
		case typed != "":
			a.Typed = put(a.Typed, "."+row.Code, typed)
		case value != "":
			a.Parts = put(a.Parts, row.Code, value)
		}
	}
	rest, err := r.one(Part(r.item.ID, RestPart))
	if err != nil || a.Typed != nil || a.Parts == nil {
		return a, err
	}
	left := whole - r.item.sum(a.Parts)
	empty := slices.DeleteFunc(codesOf(r.rows), func(code string) bool { return a.Parts[code] != "" })
	switch {
	case left == 0:
		for _, code := range empty {
			a.Parts[code] = "0"
		}
	case left > 0 && len(empty) == 1 && rest == empty[0]:
		a.Parts[rest] = unscaled(left, shareDecimals)
	}
	return a, nil
}

// shareDecimals is how many decimals a share has at most, and whole is 100 per
// cent in units of the last of them.
const (
	shareDecimals = 2
	whole         = 100_00
)

// sum adds the parts of a share in units of the last decimal.
func (item *Item) sum(parts map[string]string) (sum int64) {
	for _, v := range parts {
		sum += scaled(v, shareDecimals)
	}
	return sum
}

// dated reads the fields of a date or month.
func (r reader) dated() (Answer, error) {
	parts, empty := map[string]string{}, true
	for _, p := range r.item.dated() {
		text, err := r.line(Part(r.item.ID, p))
		if err != nil {
			return Answer{}, err
		}
		parts[p] = text
		empty = empty && text == ""
	}
	if empty {
		return Answer{}, nil
	}
	if value, ok := r.item.date(parts); ok {
		return Answer{Value: value}, nil
	}
	typed := map[string]string{}
	for p, text := range parts {
		if text != "" {
			typed[Part("", p)] = text
		}
	}
	return Answer{Typed: typed}, nil
}

// ranking reads a rank per option. Ranks from 1 on, each given once, are an
// order; any others are kept as they are.
func (r reader) ranking() (Answer, error) {
	most := len(r.ranked())
	if r.item.Max > 0 {
		most = r.item.Max
	}
	byRank, given := map[int]string{}, 0
	typed := map[string]string{}
	for _, o := range r.ranked() {
		name := Field(r.item.ID, o.Code)
		text, err := r.one(name)
		if err != nil {
			return Answer{}, err
		}
		if text == "" {
			continue
		}
		rank, err := strconv.Atoi(text)
		if err != nil || rank < 1 || rank > most || strconv.Itoa(rank) != text {
			return Answer{}, &FormError{name, fmt.Sprintf("%.40q is not a rank", text)}
		}
		byRank[rank] = o.Code
		typed["."+o.Code] = text
		given++
	}
	var codes []string
	for rank := 1; byRank[rank] != ""; rank++ {
		codes = append(codes, byRank[rank])
	}
	if len(codes) == given {
		return Answer{Codes: codes}, nil
	}
	return Answer{Typed: typed}, nil
}

// ranked are the options that are put in order.
func (s *step) ranked() []Option {
	return slices.DeleteFunc(slices.Clone(s.options), func(o Option) bool { return !o.Substantive() })
}

// aside are the options that stand beside a field that is written in.
func (s *step) aside() []Option {
	return slices.DeleteFunc(slices.Clone(s.options), Option.Substantive)
}

// beside reads the options beside the fields. One newly chosen stands alone.
func (r reader) beside(a Answer) (Answer, error) {
	name := Part(r.item.ID, NonePart)
	aside := r.aside()
	var codes []string
	for _, v := range r.form[name] {
		if indexOf(aside, v) < 0 || slices.Contains(codes, v) {
			return Answer{}, &FormError{name, fmt.Sprintf("%.40q is not an option, or was sent twice", v)}
		}
		codes = append(codes, v)
	}
	if len(codes) == 1 && !slices.Contains(r.before.Codes, codes[0]) {
		return Answer{Codes: codes}, nil
	}
	a.Codes = append(a.Codes, among(aside, codes)...)
	return a, nil
}

// isMark matches the mark of a soft check.
var isMark = regexp.MustCompile(`^[a-z0-9_]+\.[0-9a-f]{8}$`).MatchString

// marks reads the confirmations sent with the item.
func (r reader) marks() ([]string, error) {
	name := Part(r.item.ID, ConfirmPart)
	marks := r.form[name]
	for i, m := range marks {
		check, _, _ := strings.Cut(m, ".")
		known := slices.ContainsFunc(r.item.Checks, func(c Check) bool { return c.ID == check && !c.Hard })
		if !isMark(m) || !known || slices.Contains(marks[:i], m) {
			return nil, &FormError{name, fmt.Sprintf("%.40q confirms nothing", m)}
		}
	}
	return slices.Clone(marks), nil
}

// one takes the only value of a field, "" where it is absent.
func (r reader) one(name string) (string, error) {
	values := r.form[name]
	if len(values) > 1 {
		return "", &FormError{name, "one answer was asked for, several were sent"}
	}
	if len(values) == 0 {
		return "", nil
	}
	return values[0], nil
}

// maxLine bounds what is typed where a number, a date or a part of it belongs.
const maxLine = 200

// line takes a short text that is to mean something: on one line, no space
// around it.
func (r reader) line(name string) (string, error) {
	text, err := readText(name, r.form[name])
	switch {
	case err != nil:
		return "", err
	case len(text) > maxLine:
		return "", &FormError{name, fmt.Sprintf("the text is longer than %d bytes", maxLine)}
	case strings.ContainsAny(text, "\n\t"):
		return "", &FormError{name, "the text holds a line break or tab"}
	}
	return text, nil
}

// text takes a text of the length that abuse is told by. Where the page has
// one line, no browser sends two.
func (r reader) text(name string) (string, error) {
	text, err := readText(name, r.form[name])
	if err == nil && r.item.Kind != Text && strings.Contains(text, "\n") {
		return "", &FormError{name, "the text holds a line break"}
	}
	return text, err
}

// fieldsOf lists the form fields of an item as it is offered.
func (s *step) fieldsOf(item *Item) []string {
	names := []string{item.ID}
	switch {
	case item.Kind == Ranking:
		names = fieldsFor(item, s.ranked())
	case item.Kind == Share:
		names = append(fieldsFor(item, s.rows), Part(item.ID, RestPart))
		for _, row := range s.rows {
			names = append(names, Part(Field(item.ID, row.Code), ReadingPart))
		}
	case item.Kind.HasRows():
		names = fieldsFor(item, s.rows)
	case item.Kind == Number:
		names = append(names, Part(item.ID, ReadingPart))
	case item.Kind.Dated():
		names = nil
		for _, p := range item.dated() {
			names = append(names, Part(item.ID, p))
		}
	}
	if item.Kind.Beside() {
		names = append(names, Part(item.ID, NonePart))
	}
	for _, o := range s.options {
		if o.Specify > 0 {
			names = append(names, Part(item.ID, SpecifyPart(o.Code)))
		}
	}
	return append(names, Part(item.ID, ConfirmPart))
}

func fieldsFor(item *Item, list []Option) []string {
	var names []string
	for _, o := range list {
		names = append(names, Field(item.ID, o.Code))
	}
	return names
}
