package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"barometer/analysis/disclosure"
	"barometer/reports/brief"
	"barometer/reports/quality"
	"barometer/survey/codebook"
	"barometer/survey/fieldwork"
	"barometer/survey/microdata"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
	"barometer/weighting"
)

// qualitySource reads the wave's own text of the quality report where it has one,
// else the one that comes with the program.
func (w *wave) qualitySource() (*brief.Source, error) {
	dir := w.path("quality")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return quality.Default()
	}
	source, err := quality.Read(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return source, nil
}

// evidence gathers what the quality report tells beside the table.
func (w *wave) evidence(ctx context.Context, p disclosure.Policy) (quality.Evidence, error) {
	frozen, errWave := w.frozen(ctx)
	q, errQuestions := w.questionnaire()
	weights, errWeights := load(w.archive.Path("weighting.json"), readJSON[weighting.Diagnostics])
	if err := errors.Join(errWave, errQuestions, errWeights); err != nil {
		return quality.Evidence{}, err
	}
	e := quality.Evidence{Weights: weights.Final, Items: itemsOf(frozen, q), Small: p.Confidential.MinNumerator,
		Frame: w.Reference.Time, Deadline: w.Deadline.Time, Published: w.Published.Time,
		Publisher: w.home.Organisation, Contact: w.home.Contact, Licence: w.Licence.Name, DOI: w.DOI}
	var err error
	if e.Cases, err = casesOf(frozen); err != nil {
		return e, err
	}
	e.E, e.Rates, err = ratesOf(e.Cases)
	return e, err
}

// casesOf counts the frozen wave by disposition. Partial answers are counted as
// such from the first answer on.
func casesOf(frozen *microdata.Wave) (quality.Cases, error) {
	c := quality.Cases{Sampled: frozen.Rows()}
	column, err := frozen.Column("disposition")
	if err != nil {
		return c, err
	}
	count := map[response.Disposition]*int{response.Complete: &c.Complete, response.Partial: &c.Partial, response.Refused: &c.Refused,
		response.Noncontact: &c.Noncontact, response.Unknown: &c.Unknown, response.Ineligible: &c.Ineligible}
	for row := range c.Sampled {
		n, ok := count[response.Disposition(column.Level(row))]
		if !ok {
			return c, fmt.Errorf("row %d of the frozen wave: disposition %q is unknown", row+1, column.Level(row))
		}
		*n++
	}
	return c, nil
}

// ratesOf reckons the response rates, with the eligible share of the unknown.
func ratesOf(c quality.Cases) (float64, []quality.Rate, error) {
	counts := fieldwork.Counts{Sampled: c.Sampled, Complete: c.Complete, Partial: c.Partial, Refused: c.Refused,
		Noncontact: c.Noncontact, Unknown: c.Unknown, Ineligible: c.Ineligible}
	r, err := counts.Rates(counts.EligibleShare())
	if err != nil {
		return 0, nil, err
	}
	var list []quality.Rate
	for i, rate := range []fieldwork.Rate{r.RR1, r.RR2, r.RR3, r.RR4, r.RR5, r.RR6} {
		value, defined := rate.Value()
		list = append(list, quality.Rate{Name: fmt.Sprintf("RR%d", i+1), Value: value, Defined: defined})
	}
	return r.E, list, nil
}

// itemsOf counts what workplaces that answered the whole questionnaire gave to
// each question. A question with several columns is open where one of them is,
// and answered with "don't know" where one of them says so.
func itemsOf(frozen *microdata.Wave, q *questionnaire.Questionnaire) []quality.Item {
	var list []quality.Item
	all := frozen.Codebook.Variables
	for len(all) > 0 {
		end := slices.IndexFunc(all, func(v codebook.Variable) bool { return v.Item != all[0].Item })
		if end < 0 {
			end = len(all)
		}
		of := all[:end]
		all = all[end:]
		if of[0].Role == codebook.RoleAnswer && of[0].Item != "" {
			list = append(list, itemOf(frozen, q, of))
		}
	}
	return list
}

func itemOf(frozen *microdata.Wave, q *questionnaire.Questionnaire, of []codebook.Variable) quality.Item {
	item := quality.Item{ID: of[0].Item, Label: of[0].Question}
	if item.Label.IsZero() {
		item.Label = of[0].Label
	}
	disposition, _ := frozen.Column("disposition") // looked for by casesOf
	for row := range frozen.Rows() {
		if disposition.Level(row) != string(response.Complete) {
			continue
		}
		var asked, open, unknowing bool
		for _, v := range of {
			reason, dontKnow := given(frozen, q, v, row)
			asked = asked || reason != codebook.NotAsked
			open = open || reason == codebook.Skipped || reason == codebook.Refused || reason == codebook.Nonresponse
			unknowing = unknowing || dontKnow
		}
		item.Asked += count(asked)
		item.Open += count(open)
		item.DontKnow += count(unknowing && !open)
	}
	return item
}

// given is why a variable has no value in a row, Present where it has one, and
// whether what it has or lacks is "don't know".
func given(frozen *microdata.Wave, q *questionnaire.Questionnaire, v codebook.Variable, row int) (codebook.Missing, bool) {
	c, err := frozen.Column(v.Name)
	if err != nil {
		return codebook.NotAsked, false
	}
	if c.Missing(row) {
		reason := codebook.NotAsked
		if c.Reason != nil {
			reason = c.Reason[row]
		}
		return reason, reason == codebook.DontKnow
	}
	if !c.IsNumeric() {
		code, _ := v.Code(c.Level(row))
		return codebook.Present, code.DontKnow
	}
	return codebook.Present, v.Kind == codebook.Binary && c.Number[row] == 1 && isDontKnow(q, v)
}

// isDontKnow reports whether a 0/1 variable is the option "don't know" of its item.
func isDontKnow(q *questionnaire.Questionnaire, v codebook.Variable) bool {
	item, ok := q.Item(v.Item)
	return ok && slices.ContainsFunc(item.Options, func(o questionnaire.Option) bool {
		return o.DontKnow && strings.HasSuffix(v.Name, "_"+o.Code)
	})
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
