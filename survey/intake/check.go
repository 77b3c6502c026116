package intake

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"

	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// response reads one row.
func (r *reading) response(i int) {
	cells, line := r.table.rows[i], r.table.lines[i]
	if r.rejected(cells) {
		r.file.Passed++
		return
	}
	one := Response{Row: line, Key: strings.TrimSpace(cells[r.key]), Lang: i18n.Danish, Complete: r.complete(cells)}
	if one.Key == "" {
		r.fault(line, r.table.columns[r.key], say("er tom: intet fortæller, hvilken arbejdsplads det er", "is empty: nothing names the workplace"))
	}
	if at, ok := r.special["language"]; ok && cells[at] != "" {
		lang, err := i18n.ParseLang(strings.ToLower(cells[at]))
		if err != nil {
			r.fault(line, r.table.columns[at], say("%.20q er ikke et sprog, der spørges på", "unknown language %.20q", cells[at]))
		}
		one.Lang = lang
	}
	if at, ok := r.special["status"]; ok && cells[at] != "" {
		r.fault(line, r.table.columns[at], say("siger %.40q: afkryptér svarene, før de eksporteres", "says %.40q: decrypt the submissions when they are exported", cells[at]))
		return
	}
	e := &entered{form: url.Values{}, from: map[string]string{}, confirm: map[string]bool{}, layout: r.options.Layout}
	before := len(r.faults)
	for at, p := range r.places {
		if p.item == nil {
			continue
		}
		if err := e.enter(p, r.table.columns[at], cells[at]); err != nil {
			r.fault(line, r.table.columns[at], worded(err))
		}
	}
	if len(r.faults) > before {
		return
	}
	one.Answers = r.follow(line, e, one.Complete)
	if len(one.Answers) == 0 && !one.Complete {
		r.file.Passed++
		return
	}
	r.file.Responses = append(r.file.Responses, one)
}

// rejected reports whether the row is none for the program that wrote it: a
// submission that was rejected, a unit of our export that has not answered.
func (r *reading) rejected(cells []string) bool {
	if at, ok := r.special["review"]; ok && strings.EqualFold(cells[at], "rejected") {
		return true
	}
	at, ok := r.special["outcome"]
	return ok && cells[at] != "complete" && cells[at] != "partial"
}

// complete reports whether the response was submitted. ODK sends no other;
// LimeSurvey says when.
func (r *reading) complete(cells []string) bool {
	if at, ok := r.special["submitted"]; ok {
		when := strings.TrimSpace(cells[at])
		return when != "" && when != "{question_not_shown}" && when != "N/A"
	}
	if at, ok := r.special["outcome"]; ok {
		return cells[at] == "complete"
	}
	return true
}

// follow goes along the route of a row, page by page, and has every page read
// as if it had been posted.
func (r *reading) follow(line int, e *entered, complete bool) questionnaire.Answers {
	answers := questionnaire.Answers{}
	left := maps.Clone(e.form)
	for page, ok := r.q.Next(answers, ""); ok; page, ok = r.q.Next(answers, page) {
		form := r.take(page, answers, left)
		next, faults, err := r.q.ReadPage(page, form, i18n.English, answers)
		if marks := r.confirmed(e, next, faults); marks != nil {
			maps.Copy(form, marks)
			next, faults, err = r.q.ReadPage(page, form, i18n.English, answers)
		}
		var hostile *questionnaire.FormError
		switch {
		case errors.As(err, &hostile):
			r.fault(line, r.column(e, hostile.Field), wrong{DA: "kan ikke være et svar på spørgsmålet", EN: hostile.Reason})
			return nil
		case err != nil:
			r.fault(line, "", worded(err))
			return nil
		}
		for _, f := range faults {
			if f.Rule == questionnaire.Required && !complete {
				continue // not come to yet
			}
			r.fault(line, r.column(e, f.Field()), wrong(f.Message))
		}
		answers = next
	}
	for _, field := range slices.Sorted(maps.Keys(left)) {
		r.fault(line, r.column(e, field), say("er besvaret, selv om svarene før det fører uden om spørgsmålet", "is answered, though the answers before it lead past the question"))
	}
	return answers
}

// take takes what a page asks for out of what is left of a row. What the page
// would not ask stays, and is found at the end.
func (r *reading) take(page string, answers questionnaire.Answers, left url.Values) url.Values {
	form := url.Values{}
	routed, _ := r.q.RoutedPage(answers, page)
	for _, item := range routed.Items {
		for field := range left {
			id, row, _ := questionnaire.Split(field)
			if id != item.ID || row != "" && !offers(item, row) {
				continue
			}
			form[field] = left[field]
			delete(left, field)
		}
	}
	return form
}

// offers reports whether a row of the item, or an option to be ranked, is
// offered.
func offers(item questionnaire.RoutedItem, code string) bool {
	is := func(o questionnaire.Option) bool { return o.Code == code }
	return slices.ContainsFunc(item.Rows, is) || item.Kind == questionnaire.Ranking && slices.ContainsFunc(item.Options, is)
}

// confirmed are the marks of soft checks that the row, or whoever reads the
// file, confirms; nil where there is nothing to confirm.
func (r *reading) confirmed(e *entered, answers questionnaire.Answers, faults []questionnaire.Fault) url.Values {
	var marks url.Values
	for _, f := range faults {
		if f.Rule != questionnaire.Doubtful || !r.options.Confirm && !e.confirm[f.Item] {
			continue
		}
		for _, d := range r.q.Doubts(answers, f.Item) {
			if marks == nil {
				marks = url.Values{}
			}
			field := questionnaire.Part(f.Item, questionnaire.ConfirmPart)
			if !slices.Contains(marks[field], d.Mark) {
				marks[field] = append(marks[field], d.Mark)
			}
		}
	}
	return marks
}

// column is the column that a field came from, else the one that it would have
// come from, else the field.
func (r *reading) column(e *entered, field string) string {
	if c := e.from[field]; c != "" {
		return c
	}
	id, row, _ := questionnaire.Split(field)
	for i, p := range r.places {
		if p.item != nil && p.item.ID == id && (row == "" || p.row == row || p.option == row) {
			return r.table.columns[i]
		}
	}
	return questionnaire.Field(id, row)
}
