// Package questionnairetest answers questionnaires at random, and writes
// questionnaires at random, for the tests of all that must follow every kind
// of question.
//
// A [questionnaire.Questionnaire] and a source of random numbers come in; forms
// as a browser would send them go out, and answers read from them. Nothing here
// decides what is valid: a form that is refused is sent again, as a respondent
// would, with other answers or with the doubts confirmed.
package questionnairetest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"time"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// Respondent answers at random.
type Respondent struct {
	*rand.Rand
	Lang i18n.Lang // of the pages it is shown, Danish where empty

	// Texts are what it writes, one at random; where there are none it writes
	// an ordinary text.
	Texts []string
}

func (r Respondent) lang() i18n.Lang {
	if r.Lang == "" {
		return i18n.Danish
	}
	return r.Lang
}

// Form fills a page in as a browser would send it.
func (r Respondent) Form(p questionnaire.RoutedPage) url.Values {
	form := url.Values{}
	for _, item := range p.Items {
		maps.Copy(form, item.Entries(r.Answer(item), r.lang()))
	}
	return form
}

// Answer answers one item as it is offered.
func (r Respondent) Answer(item questionnaire.RoutedItem) questionnaire.Answer {
	if !item.Required && r.IntN(5) == 0 {
		return questionnaire.Answer{}
	}
	aside := slices.DeleteFunc(slices.Clone(item.Options), questionnaire.Option.Substantive)
	if (!item.Kind.Chosen() || item.Kind == questionnaire.Ranking) && len(aside) > 0 && r.IntN(4) == 0 {
		return questionnaire.Answer{Codes: []string{aside[r.IntN(len(aside))].Code}}
	}
	switch item.Kind {
	case questionnaire.Ranking:
		return r.ranking(item)
	case questionnaire.Number:
		return questionnaire.Answer{Value: r.number(item.Bounds, item.Decimals)}
	case questionnaire.Share:
		return r.share(item)
	case questionnaire.Date, questionnaire.Month:
		return questionnaire.Answer{Value: r.date(item.Item)}
	case questionnaire.Line, questionnaire.Text:
		return questionnaire.Answer{Text: r.text(item.MaxLength)}
	}
	return r.chosen(item)
}

func (r Respondent) chosen(item questionnaire.RoutedItem) questionnaire.Answer {
	var a questionnaire.Answer
	if !item.Kind.HasRows() {
		a.Codes = r.choose(item)
		for _, o := range item.Options {
			if o.Specify > 0 && a.Has(o.Code) {
				a.Specify = map[string]string{o.Code: r.text(o.Specify)}
			}
		}
		return a
	}
	a.Rows = map[string][]string{}
	for _, row := range item.Rows {
		a.Rows[row.Code] = r.choose(item)
	}
	return a
}

// choose chooses one option, or several in the order they stand in.
func (r Respondent) choose(item questionnaire.RoutedItem) []string {
	first := item.Options[r.IntN(len(item.Options))]
	if !item.Kind.Several() || first.Alone() {
		return []string{first.Code}
	}
	n := 1
	var codes []string
	for _, o := range item.Options {
		full := item.Max > 0 && n == item.Max
		switch {
		case o.Code == first.Code:
			codes = append(codes, o.Code)
		case !o.Alone() && !full && r.IntN(3) == 0:
			codes = append(codes, o.Code)
			n++
		}
	}
	return codes
}

func (r Respondent) ranking(item questionnaire.RoutedItem) questionnaire.Answer {
	var codes []string
	for _, o := range item.Options {
		if o.Substantive() {
			codes = append(codes, o.Code)
		}
	}
	r.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
	if item.Max > 0 {
		codes = codes[:min(item.Max, len(codes))]
	}
	return questionnaire.Answer{Codes: codes}
}

// number draws from the bounds, half of the time near one of them.
func (r Respondent) number(b questionnaire.Bounds, decimals int) string {
	low, high := -1000.0, 100_000.0
	if v, err := strconv.ParseFloat(b.Low, 64); err == nil {
		low = v
		high = max(high, low+1000)
	}
	if v, err := strconv.ParseFloat(b.High, 64); err == nil {
		high = v
		low = min(low, high)
	}
	x := low + r.Float64()*(high-low)
	switch r.IntN(4) {
	case 0:
		x = min(high, low+float64(r.IntN(3)))
	case 1:
		x = max(low, high-float64(r.IntN(3)))
	}
	return Decimal(min(high, max(low, x)), decimals)
}

// Decimal writes a number as an answer keeps it, cut off towards zero so that
// it stays within bounds around it.
func Decimal(x float64, decimals int) string {
	unit := 1.0
	for range decimals {
		unit *= 10
	}
	v := strconv.FormatFloat(float64(int64(x*unit))/unit, 'f', -1, 64)
	if v == "-0" {
		return "0"
	}
	return v
}

// share divides 100 per cent in whole numbers.
func (r Respondent) share(item questionnaire.RoutedItem) questionnaire.Answer {
	parts, left := map[string]string{}, 100
	for i, row := range item.Rows {
		n := left
		if i < len(item.Rows)-1 {
			n = r.IntN(left + 1)
		}
		parts[row.Code] = strconv.Itoa(n)
		left -= n
	}
	return questionnaire.Answer{Parts: parts}
}

func (r Respondent) date(item *questionnaire.Item) string {
	layout := "2006-01-02"
	if item.Kind == questionnaire.Month {
		layout = "2006-01"
	}
	from, to := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2030, 12, 31, 0, 0, 0, 0, time.UTC)
	if t, err := time.Parse(layout, item.Bounds.Low); err == nil {
		from = t
	}
	if t, err := time.Parse(layout, item.Bounds.High); err == nil {
		to = t
	}
	days := max(0, int(to.Sub(from).Hours()/24))
	return from.AddDate(0, 0, r.IntN(days+1)).Format(layout)
}

func (r Respondent) text(most int) string {
	text := "Et svar med æ, ø og å"
	if len(r.Texts) > 0 {
		text = r.Texts[r.IntN(len(r.Texts))]
	}
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most])
	}
	return text
}

// tries is how often a page is sent before something else must be wrong.
const tries = 500

// Page answers a page until it is taken: what is refused is answered anew, and
// what is only doubted is confirmed.
func (r Respondent) Page(q *questionnaire.Questionnaire, page string, a questionnaire.Answers) (questionnaire.Answers, error) {
	p, reached := q.RoutedPage(a, page)
	if !reached {
		return nil, fmt.Errorf("page %s follows but is not on the route", page)
	}
	var faults []questionnaire.Fault
	for range tries {
		form := r.Form(p)
		next, found, err := q.ReadPage(page, form, r.lang(), a)
		if err == nil && doubtful(found) {
			Confirm(q, p, next, form)
			next, found, err = q.ReadPage(page, form, r.lang(), a)
		}
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", page, err)
		}
		if len(found) == 0 {
			return next, nil
		}
		faults = found
	}
	return nil, fmt.Errorf("page %s is never taken: %v", page, faults)
}

func doubtful(faults []questionnaire.Fault) bool {
	return len(faults) > 0 && !slices.ContainsFunc(faults, func(f questionnaire.Fault) bool { return f.Rule != questionnaire.Doubtful })
}

// Confirm adds to a form what confirms the doubts about the answers read from it.
func Confirm(q *questionnaire.Questionnaire, p questionnaire.RoutedPage, a questionnaire.Answers, form url.Values) {
	for _, item := range p.Items {
		name := questionnaire.Part(item.ID, questionnaire.ConfirmPart)
		form.Del(name)
		for _, d := range q.Doubts(a, item.ID) {
			form.Add(name, d.Mark)
		}
	}
}

// Answers goes through the questionnaire page by page from the answers given,
// and stops after at most limit pages.
func (r Respondent) Answers(q *questionnaire.Questionnaire, a questionnaire.Answers, limit int) (questionnaire.Answers, error) {
	page, ok := q.Next(a, "")
	for ; ok && limit > 0; limit-- {
		next, err := r.Page(q, page, a)
		if err != nil {
			return nil, err
		}
		a = next
		page, ok = q.Next(a, page)
	}
	return a, nil
}
