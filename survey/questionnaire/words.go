package questionnaire

import (
	"slices"
	"strings"

	"barometer/internal/i18n"
)

// Said is one line of an answer in words.
type Said struct {
	Row  string // wording of the row, "" for the item as a whole
	Text string

	code string // of the row
}

// InWords lists an answer as the respondent gave it, in language l. What was
// typed and has no meaning yet is repeated as typed.
func (i RoutedItem) InWords(a Answer, l i18n.Lang) []Said {
	return inWords(i.Item, i.Options, i.Rows, a, l)
}

func inWords(item *Item, options, rows []Option, a Answer, l i18n.Lang) []Said {
	lines := written(item, options, rows, a, l)
	switch {
	case item.Kind == Ranking:
		for i, code := range a.Codes {
			lines = append(lines, ranked(options, i, code, l)...)
		}
	case item.Kind.HasRows() && item.Kind.Chosen():
		for _, row := range rows {
			lines = append(lines, chosenLines(options, row, a.Rows[row.Code], l)...)
		}
	default:
		lines = append(lines, chosenLines(options, Option{}, a.Codes, l)...)
	}
	for i, o := range options {
		if text := a.Specify[o.Code]; text != "" {
			at := slices.IndexFunc(lines, func(line Said) bool { return line.Text == options[i].Label.In(l) })
			if at >= 0 {
				lines[at].Text = strings.TrimSuffix(lines[at].Text, ".") + ": " + text
			}
		}
	}
	return lines
}

// chosenLines lists the options chosen in an item or row.
func chosenLines(options []Option, row Option, codes []string, l i18n.Lang) []Said {
	var lines []Said
	for _, o := range options {
		if slices.Contains(codes, o.Code) {
			lines = append(lines, Said{row.Label.In(l), o.Label.In(l), row.Code})
		}
	}
	return lines
}

func ranked(options []Option, i int, code string, l i18n.Lang) []Said {
	o, ok := find(options, code)
	switch {
	case !ok:
		return nil
	case !o.Substantive():
		return []Said{{Text: o.Label.In(l)}}
	}
	return []Said{{Row: rankInWords(i+1, l), Text: o.Label.In(l), code: code}}
}

// written lists what stands in the fields of an answer that is not chosen.
func written(item *Item, options, rows []Option, a Answer, l i18n.Lang) []Said {
	var lines []Said
	add := func(row Option, text string) {
		if text != "" {
			lines = append(lines, Said{row.Label.In(l), text, row.Code})
		}
	}
	add(Option{}, a.Text)
	if a.Value != "" {
		add(Option{}, item.valueInWords(a.Value, l))
	}
	for _, row := range rows {
		if v := a.Parts[row.Code]; v != "" {
			add(row, item.valueInWords(v, l))
		}
		add(row, a.Typed["."+row.Code])
	}
	if item.Kind == Ranking {
		for _, o := range options {
			add(o, a.Typed["."+o.Code])
		}
		return lines
	}
	var parts []string
	for _, name := range []string{"", Part("", DayPart), Part("", MonthPart), Part("", YearPart)} {
		if text := a.Typed[name]; text != "" {
			parts = append(parts, text)
		}
	}
	add(Option{}, strings.Join(parts, " "))
	return lines
}

// valueInWords writes a number with its unit, a date or a month.
func (item *Item) valueInWords(value string, l i18n.Lang) string {
	switch {
	case item.Kind.Dated():
		return dateInWords(value, l)
	case item.Kind == Share:
		return Decimal(value, l) + " %"
	case item.Unit.In(l) != "":
		return Decimal(value, l) + " " + item.Unit.In(l)
	}
	return Decimal(value, l)
}

// Entries returns what stands in the form fields of a page that shows an
// answer, by name; a form with just that is read as the same answer.
func (i RoutedItem) Entries(a Answer, l i18n.Lang) map[string][]string {
	e := map[string][]string{}
	set := func(name, value string) {
		if value != "" {
			e[name] = append(e[name], value)
		}
	}
	main := i.ID
	if i.Kind.Beside() {
		main = Part(i.ID, NonePart)
	}
	rank := 0
	for _, code := range a.Codes {
		if o, _ := find(i.Options, code); i.Kind == Ranking && o.Substantive() {
			rank++
			set(Field(i.ID, code), digits(rank))
		} else {
			set(main, code)
		}
	}
	for row, codes := range a.Rows {
		for _, code := range codes {
			set(Field(i.ID, row), code)
		}
	}
	set(i.ID, a.Text)
	if i.Kind.Dated() && a.Value != "" {
		for _, p := range i.dated() {
			set(Part(i.ID, p), split(a.Value)[p])
		}
	} else {
		set(i.ID, Entry(a.Value, l))
	}
	for row, v := range a.Parts {
		set(Field(i.ID, row), Entry(v, l))
	}
	for code, text := range a.Specify {
		set(Part(i.ID, SpecifyPart(code)), text)
	}
	for name, text := range a.Typed {
		set(i.ID+name, text)
	}
	for _, mark := range a.Confirmed {
		set(Part(i.ID, ConfirmPart), mark)
	}
	return e
}

// rankInWords names a place in an order.
func rankInWords(rank int, l i18n.Lang) string {
	return i18n.Text{DA: "Nr. ", EN: "No. "}.In(l) + digits(rank)
}

// Rest finds the one row of a share that is still empty, and what is left for
// it. ok is false where another number of rows is empty or nothing is left.
func (i RoutedItem) Rest(a Answer) (row Option, left string, ok bool) {
	rest := whole - i.sum(a.Parts)
	for _, r := range i.Rows {
		if a.Parts[r.Code] == "" {
			row = r
		}
	}
	ok = i.Kind == Share && len(a.Parts) == len(i.Rows)-1 && len(a.Typed) == 0 && len(a.Parts) > 0 && rest > 0
	return row, unscaled(rest, shareDecimals), ok
}
