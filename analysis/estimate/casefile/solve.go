package casefile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"barometer/analysis/estimate"
	"barometer/analysis/variance"
	"barometer/survey/microdata"
	"barometer/weighting"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

// Loader reads columns of a data file.
type Loader func(ctx context.Context, path string, columns []string) (*microdata.Data, error)

// Solve reads and answers a case, with the data that load gives for its path.
// The error is always an [*Error]; the answer then carries only the id.
func Solve(ctx context.Context, r io.Reader, load Loader) (*Answer, error) {
	c, err := Read(r)
	answer := &Answer{ID: c.ID, Rows: []Row{}, Warnings: []string{}}
	if err != nil {
		return answer, asError(err)
	}
	p := &problem{Case: c, answer: answer}
	if err := p.run(ctx, load); err != nil {
		return answer, asError(err)
	}
	return answer, nil
}

// problem is a case on its way to an answer.
type problem struct {
	*Case
	answer *Answer
	data   *microdata.Data
	spec   design.Spec
	src    estimate.Source

	fixed        []float64 // weights before the first calibration
	calibrations []weighting.Step
}

func (p *problem) run(ctx context.Context, load Loader) error {
	solve, ok := statistics[p.Request.Stat]
	if !ok {
		return badCase("key request.stat: unknown statistic %q", p.Request.Stat)
	}
	steps, err := p.steps()
	if err != nil {
		return err
	}
	data, err := load(ctx, p.Data, p.columns(steps))
	if err != nil {
		return &Error{BadData, err.Error()}
	}
	if data.Rows() == 0 {
		return &Error{BadData, p.Data + ": the file has no rows"}
	}
	p.data = data
	p.spec = p.Design.spec()
	if err := p.weigh(ctx, steps); err != nil {
		return err
	}
	p.src = estimate.FromData(p.data)
	rows, err := solve(p, ctx)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].data = p.data
	}
	if rows != nil { // where no row answers, the list is empty, not missing
		p.answer.Rows = rows
	}
	return nil
}

// statistics lists what can be asked for. One statistic is one file.
var statistics = map[string]func(*problem, context.Context) ([]Row, error){
	"mean":    (*problem).plain,
	"total":   (*problem).plain,
	"ratio":   (*problem).plain,
	"share":   (*problem).plain,
	"count":   (*problem).plain,
	"weights": (*problem).weights,

	"proportion_ci": (*problem).proportions,
	"quantile":      (*problem).quantiles,
	"contrast":      (*problem).contrasts,
	"wave_change":   (*problem).waveChange,
	"chisq":         (*problem).chisq,
	"linear":        (*problem).regression,
	"logistic":      (*problem).regression,

	"variance":    (*problem).measures,
	"sd":          (*problem).measures,
	"gini":        (*problem).measures,
	"covariance":  (*problem).measures,
	"correlation": (*problem).measures,
	"ttest":       (*problem).tTest,
	"ranktest":    (*problem).rankTest,
	"wald":        (*problem).wald,
	"margins":     (*problem).effects,
}

func (d Design) spec() design.Spec {
	s := design.Spec{IDs: d.IDs, Strata: d.Strata, FPC: d.FPC, Nest: d.Nest, Lonely: design.LonelyPSU(d.LonelyPSU)}
	if d.LonelyPSU == "" {
		s.Lonely = design.Fail
	}
	if d.Weights != nil {
		s.Weight = *d.Weights
	}
	return s
}

// rowKey is the column that names the rows of a data file.
const rowKey = "row"

// columns lists the columns of the data file that the case uses.
func (p *problem) columns(steps []weighting.Step) []string {
	names := slices.Concat([]string{rowKey}, p.Design.IDs, p.Design.Strata, p.Design.FPC)
	if p.Design.Weights != nil {
		names = append(names, *p.Design.Weights)
	}
	names = append(names, p.Design.Replicates.columns()...)
	for _, s := range steps {
		names = append(names, stepColumns(s)...)
	}
	names = append(names, p.Request.columns()...)
	if m, err := p.Request.parseModel(); err == nil { // a wrong one is refused later
		names = append(names, m.columns()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r *Request) columns() []string {
	names := slices.Concat(r.Vars, r.By, r.Options.Margins)
	for _, l := range r.Where {
		names = append(names, l.Column)
	}
	for _, n := range []string{r.Options.Wave, r.Options.Unit} {
		if n != "" {
			names = append(names, n)
		}
	}
	if r.Of != nil {
		names = append(names, r.Of.columns()...)
	}
	return names
}

// warn adds warnings to the answer, each once.
func (p *problem) warn(warnings []estimate.Warning) {
	for _, w := range warnings {
		if !slices.Contains(p.answer.Warnings, string(w)) {
			p.answer.Warnings = append(p.answer.Warnings, string(w))
		}
	}
}

// asError gives every error a code.
func asError(err error) *Error {
	var own *Error
	var inDesign *estimate.DesignError
	var inData *estimate.DataError
	var lonely *variance.LonelyError
	var inStep *weighting.Error
	var units *replicate.UnitsError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &inDesign):
		return &Error{inDesign.Code, err.Error()}
	case errors.As(err, &inData):
		return &Error{BadData, err.Error()}
	case errors.As(err, &lonely):
		return &Error{"lonely_psu", err.Error()}
	case errors.As(err, &units) && (units.Kind == replicate.JK1 || units.Kind == replicate.JKn):
		return &Error{"lonely_psu", err.Error()}
	case errors.As(err, &inStep):
		return &Error{string(inStep.Code), err.Error()}
	}
	return &Error{BadCase, err.Error()}
}

// keys returns the row keys as text.
func keys(c *microdata.Column) []string {
	names := make([]string, c.Len())
	for i := range names {
		switch {
		case c.Missing(i):
		case c.IsNumeric():
			names[i] = strconv.FormatFloat(c.Number[i], 'f', -1, 64)
		default:
			names[i] = c.Level(i)
		}
	}
	return names
}

// checkKeys refuses rows without a key of their own.
func checkKeys(names []string) error {
	first := make(map[string]int, len(names))
	for i, n := range names {
		if n == "" {
			return &Error{BadData, fmt.Sprintf("column %s, row %d: the key is missing", rowKey, i+1)}
		}
		if at, met := first[n]; met {
			return &Error{BadData, fmt.Sprintf("column %s: rows %d and %d have the same key %s", rowKey, at+1, i+1, n)}
		}
		first[n] = i
	}
	return nil
}
