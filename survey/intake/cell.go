package intake

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
)

func decimal(n int) string { return strconv.Itoa(n) }

// entered is what a row says, as if it had been typed into the pages.
type entered struct {
	form    url.Values
	from    map[string]string // column of each field
	confirm map[string]bool   // items whose soft checks the row confirms
	layout  Layout
}

// enter puts a cell into the fields of the page. The error says what is wrong
// with the cell.
func (e *entered) enter(p place, column, cell string) error {
	cell = unescape(cell)
	if e.layout == LimeSurvey && strings.HasPrefix(cell, "'=") {
		cell = cell[1:] // it masks what a spreadsheet would calculate
	}
	trimmed := strings.TrimSpace(cell)
	if trimmed == "" || trimmed == "{question_not_shown}" {
		return nil
	}
	if missing, ok := reason(trimmed); ok {
		return e.missing(p, column, missing)
	}
	switch {
	case p.check != "":
		yes, err := e.flag(trimmed)
		e.confirm[p.item.ID] = e.confirm[p.item.ID] || yes
		return err
	case p.specify != "":
		e.set(column, questionnaire.Part(p.item.ID, questionnaire.SpecifyPart(p.specify)), cell)
		if e.layout == LimeSurvey && p.item.Kind.Several() { // the text is all it says of "other" there
			e.set(column, p.item.ID, p.specify)
		}
	case p.item.Kind == questionnaire.Ranking:
		return e.ranked(p, column, trimmed)
	case p.option != "":
		return e.flagged(p, column, trimmed)
	case p.item.Kind.Several():
		return e.several(p, column, trimmed)
	case p.item.Kind.Chosen():
		return e.option(p, column, trimmed)
	case p.item.Kind.Written():
		e.set(column, p.item.ID, cell)
	case p.item.Kind.Dated():
		return e.date(p, column, trimmed)
	default:
		return e.number(p, column, trimmed)
	}
	return nil
}

// unescape undoes what vvexport does to texts.
func unescape(cell string) string {
	return strings.NewReplacer("{newline}", "\n", "{cr}", "\n", "{tab}", "\t", "{quote}", `"`).Replace(cell)
}

// set fills a field.
func (e *entered) set(column, field, value string) {
	if !slices.Contains(e.form[field], value) {
		e.form[field] = append(e.form[field], value)
	}
	e.from[field] = column
}

// reason reads a mark of our export that says why there is no value.
func reason(cell string) (codebook.Missing, bool) {
	for _, m := range codebook.Reasons {
		if cell == m.Mark() {
			return m, true
		}
	}
	return 0, false
}

// missing enters the option that says why there is no value, where one does.
func (e *entered) missing(p place, column string, m codebook.Missing) error {
	meant := map[codebook.Missing]func(questionnaire.Option) bool{
		codebook.Refused:     func(o questionnaire.Option) bool { return o.Refused },
		codebook.DontKnow:    func(o questionnaire.Option) bool { return o.DontKnow },
		codebook.NotRelevant: func(o questionnaire.Option) bool { return o.NotRelevant },
	}[m]
	if meant == nil {
		return nil
	}
	i := slices.IndexFunc(p.item.Options, meant)
	if i < 0 {
		return say("%s er ikke et svar, som spørgsmålet giver mulighed for", "%s is no answer that the question offers", m.Mark())
	}
	field := questionnaire.Field(p.item.ID, p.row)
	if p.item.Kind.Beside() {
		field = questionnaire.Part(p.item.ID, questionnaire.NonePart)
	}
	e.set(column, field, p.item.Options[i].Code)
	return nil
}

// flag reads whether something is chosen. LimeSurvey offers to write 1 and 2 for
// yes and no.
func (e *entered) flag(cell string) (bool, error) {
	switch strings.ToLower(cell) {
	case "2":
		if e.layout == LimeSurvey {
			return false, nil
		}
	case "1", "y", "yes", "ja", "true", "x":
		return true, nil
	case "0", "n", "no", "nej", "false":
		return false, nil
	}
	return false, say("%.40q siger hverken, at det er valgt (1, Y), eller at det ikke er (0, N)", "%.40q says neither that it is chosen (1, Y) nor that it is not (0, N)", cell)
}

// flagged enters a column of one option.
func (e *entered) flagged(p place, column, cell string) error {
	yes, err := e.flag(cell)
	if yes {
		e.set(column, questionnaire.Field(p.item.ID, p.row), p.option)
	}
	return err
}

// coded finds an option by its code, its code without signs, or its number.
func coded(options []questionnaire.Option, cell string) (string, error) {
	for _, same := range []func(questionnaire.Option) bool{
		func(o questionnaire.Option) bool { return o.Code == cell },
		func(o questionnaire.Option) bool { return plain(o.Code) == plain(cell) },
		func(o questionnaire.Option) bool { return decimal(o.Number) == cell },
	} {
		if i := slices.IndexFunc(options, same); i >= 0 {
			return options[i].Code, nil
		}
	}
	return "", say("%.40q er ikke en svarmulighed", "%.40q is no option", cell)
}

// option enters a single choice.
func (e *entered) option(p place, column, cell string) error {
	code, err := coded(p.item.Options, e.translated(p.item, cell))
	if err == nil {
		e.set(column, questionnaire.Field(p.item.ID, p.row), code)
	}
	return err
}

// translated is the code of ours for one that LimeSurvey has of its own: "other"
// in a list, and yes and no.
func (e *entered) translated(item *questionnaire.Item, cell string) string {
	own := map[string]string{"Y": "ja", "N": "nej"}[cell]
	if cell == "-oth-" {
		for _, o := range item.Options {
			if o.Specify > 0 {
				own = o.Code
			}
		}
	}
	ours := slices.ContainsFunc(item.Options, func(o questionnaire.Option) bool { return plain(o.Code) == plain(cell) })
	if e.layout != LimeSurvey || own == "" || ours {
		return cell
	}
	return own
}

// several enters a column that holds all options chosen, with spaces between.
func (e *entered) several(p place, column, cell string) error {
	for word := range strings.FieldsSeq(cell) {
		if err := e.option(p, column, word); err != nil {
			return err
		}
	}
	return nil
}

// ranked enters an order: the rank of one option, the option of one rank, or
// all options in order with spaces between.
func (e *entered) ranked(p place, column, cell string) error {
	switch {
	case p.option != "" && cell == "0": // not among those put in order
		return nil
	case p.option != "":
		e.set(column, questionnaire.Field(p.item.ID, p.option), cell)
		return nil
	case p.rank > 0:
		code, err := coded(p.item.Options, cell)
		if err == nil {
			e.set(column, questionnaire.Field(p.item.ID, code), decimal(p.rank))
		}
		return err
	}
	for i, word := range strings.Fields(cell) {
		code, err := coded(p.item.Options, word)
		if err != nil {
			return err
		}
		e.set(column, questionnaire.Field(p.item.ID, code), decimal(i+1))
	}
	return nil
}

// unambiguous numbers are those that data files hold; any other is left to the
// page to make out.
var unambiguous = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// number enters a number. Files write a point before the decimals, whatever the
// language, so its reading is pointed out.
func (e *entered) number(p place, column, cell string) error {
	if code, err := coded(p.item.Options, cell); err == nil && !unambiguous.MatchString(cell) {
		e.set(column, questionnaire.Part(p.item.ID, questionnaire.NonePart), code)
		return nil
	}
	if !unambiguous.MatchString(cell) {
		return say("%.40q er ikke et tal: skriv det som 1234.5", "%.40q is no number: write it as 1234.5", cell)
	}
	field := questionnaire.Field(p.item.ID, p.row)
	e.set(column, field, cell)
	e.set(column, questionnaire.Part(field, questionnaire.ReadingPart), cell)
	return nil
}

// date enters a day or month: 2025-03-31, 2025-03, or the days since 1970 that
// our export holds.
func (e *entered) date(p place, column, cell string) error {
	at, err := day(cell)
	if err != nil {
		return err
	}
	e.set(column, questionnaire.Part(p.item.ID, questionnaire.YearPart), strconv.Itoa(at.Year()))
	e.set(column, questionnaire.Part(p.item.ID, questionnaire.MonthPart), decimal(int(at.Month())))
	if p.item.Kind == questionnaire.Date {
		e.set(column, questionnaire.Part(p.item.ID, questionnaire.DayPart), decimal(at.Day()))
	}
	return nil
}

func day(cell string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "2006-01", time.DateTime, "2006-01-02T15:04:05.000Z07:00", time.RFC3339} {
		if at, err := time.Parse(layout, cell); err == nil {
			return at, nil
		}
	}
	const most = 200 * 366
	if n, err := strconv.Atoi(cell); err == nil && n > -most && n < most {
		return time.Unix(0, 0).UTC().AddDate(0, 0, n), nil
	}
	return time.Time{}, say("%.40q er ikke en dato: skriv den som 2025-03-31", "%.40q is no date: write it as 2025-03-31", cell)
}
