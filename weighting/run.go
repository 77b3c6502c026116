package weighting

import (
	"fmt"
	"slices"

	"barometer/internal/i18n"
	"barometer/survey/microdata"
	"barometer/weighting/design"
	"barometer/weighting/margin"
	"barometer/weighting/replicate"
)

// Result is the outcome of a recipe: one row per unit of the data it was run
// on, in the same order.
type Result struct {
	Data        *microdata.Data // the key, the weights after each step, the classes made
	Spec        design.Spec     // how to compute variances with them
	Diagnostics Diagnostics
	Replicates  *Replicates // nil where the recipe asks for none
}

// AddTo appends the weights and classes to data whose rows are those the
// recipe was run on.
func (r *Result) AddTo(data *microdata.Data) error {
	for _, c := range r.Data.Columns()[1:] {
		if err := data.Add(c); err != nil {
			return fmt.Errorf("add weights: %w", err)
		}
	}
	return nil
}

// Diagnostics lets a statistician judge the weights, step by step.
type Diagnostics struct {
	Units    int           `json:"units"` // rows of the data, the whole sample
	Statuses []StatusCount `json:"statuses,omitempty"`
	Steps    []StepReport  `json:"steps"`
	Final    Summary       `json:"final"`
	Warnings []i18n.Text   `json:"warnings,omitempty"`

	Balance    []Balance         `json:"balance,omitempty"`
	Means      []MeanBalance     `json:"means,omitempty"`  // set by Result.CompareMeans
	Column     string            `json:"column,omitempty"` // that Spreads are by
	Spreads    []Spread          `json:"spreads"`          // of all, then by level of Column
	Replicates *ReplicatesReport `json:"replicates,omitempty"`
}

// ReplicatesReport says which replicates were made. The variance of an estimate
// is Scale · Σ rscale·(θ_r − centre)².
type ReplicatesReport struct {
	Type  replicate.Kind `json:"type"`
	Count int            `json:"count"`
	Seed  uint64         `json:"seed,omitempty"`
	Scale float64        `json:"scale"`
	MSE   bool           `json:"mse"` // the centre is the full sample's estimate, not the replicates' mean
}

// StatusCount is the number of sampled units with one disposition.
type StatusCount struct {
	Code  string `json:"code"`
	Units int    `json:"units"`
}

// Run does the steps of a recipe in order. margins are the totals its steps
// name. The data are not changed.
func Run(data *microdata.Data, recipe *Recipe, margins []margin.Margin) (*Result, error) {
	r, err := newRun(data, recipe, margins)
	if err != nil {
		return nil, err
	}
	for _, s := range recipe.Steps {
		if err := r.do(s); err != nil {
			return nil, fmt.Errorf("step on line %d: %w", s.Line, inStep(s.Kind, err))
		}
	}
	return r.result()
}

// run is a recipe in progress.
type run struct {
	recipe      *Recipe
	margins     []margin.Margin
	data        *microdata.Data // the data and the classes made so far
	made        []microdata.Column
	weights     []float64
	as          string // column of the current weights
	adjustments []design.Adjustment
	base        []float64 // weights before the first step
	steps       []Step    // done, for replicates to repeat
	diagnostics Diagnostics
}

func newRun(data *microdata.Data, recipe *Recipe, margins []margin.Margin) (*run, error) {
	key, err := data.Column(recipe.Key)
	if err != nil {
		return nil, failf(BadData, "%v, and the recipe takes it as the key of a unit", err)
	}
	own, err := microdata.New(slices.Clone(data.Columns())...)
	if err != nil {
		return nil, err
	}
	r := &run{recipe: recipe, margins: margins, data: own, made: []microdata.Column{*key}}
	r.diagnostics.Units = data.Rows()
	return r, r.countStatuses()
}

func (r *run) countStatuses() error {
	if r.recipe.Status.Column == "" {
		return nil
	}
	g, err := groupBy(r.data, []string{r.recipe.Status.Column}, func(int) bool { return true })
	if err != nil {
		return err
	}
	c, err := levelsOf(r.data, r.recipe.Status.Column)
	if err != nil {
		return err
	}
	counts := g.tally(func(int) bool { return true })
	first := make([]int32, g.count())
	for row, group := range g.of {
		first[group] = c.code[row]
	}
	for group, n := range counts {
		r.diagnostics.Statuses = append(r.diagnostics.Statuses, StatusCount{Code: c.labels[first[group]], Units: n})
	}
	return nil
}

func (r *run) do(s RecipeStep) error {
	switch {
	case s.base != nil:
		w, err := s.base.Weights(r.data)
		if err != nil {
			return err
		}
		r.base = w
		r.take(s, w, StepReport{Kind: s.Kind, Summary: Summarise(w)})
		return nil
	case s.collapse != nil:
		return r.collapse(s)
	}
	step, err := s.draft.bind(r.margins, r.recipe.Status)
	if err != nil {
		return err
	}
	out, err := Apply(step, r.data, r.weights)
	if err != nil {
		return err
	}
	r.chain(step, out)
	r.take(s, out.Weights, out.Report)
	return nil
}

// chain notes what the variance must know of a step. A step that takes its
// result for fixed ends the chain of calibrations before it: the variance
// starts from the weights it made. Rounding leaves it as it is.
func (r *run) chain(step Step, out *Outcome) {
	if _, rounding := step.(*Round); rounding {
		return
	}
	if s, iterates := step.(interface{ near(*Outcome) Step }); iterates {
		step = s.near(out)
	}
	r.steps = append(r.steps, step)
	r.adjustments = append(r.adjustments, design.Adjustment{Before: r.as, Auxiliary: out.Auxiliary})
	if !Calibrating(step) {
		r.adjustments = nil
	}
}

// take makes w the current weights.
func (r *run) take(s RecipeStep, w []float64, report StepReport) {
	report.As = s.As
	r.weights, r.as = w, s.As
	r.made = append(r.made, microdata.Numbers(s.As, w))
	r.diagnostics.Steps = append(r.diagnostics.Steps, report)
	if t := report.Trimmed; t != nil && t.Cut > report.Summary.N/20 {
		r.warn(words.manyCut, s.As, t.Cut, report.Summary.N)
	}
}

func (r *run) collapse(s RecipeStep) error {
	kinds, err := statusKinds(map[statusKind][]string{respondent: r.recipe.Status.Respondents})
	if err != nil {
		return err
	}
	st, err := readStatus(r.data, r.recipe.Status.Column, r.weights, kinds, false)
	if err != nil {
		return err
	}
	out, err := s.collapse.Apply(r.data, r.weights, st.is(respondent))
	if err != nil {
		return err
	}
	for _, c := range append([]microdata.Column{out.Class}, out.Population...) {
		if err := r.data.Add(c); err != nil {
			return failf(BadData, "%v", err)
		}
		r.made = append(r.made, c)
	}
	for _, small := range out.Small {
		r.warn(words.smallClass, small, s.collapse.Min)
	}
	r.diagnostics.Steps = append(r.diagnostics.Steps, StepReport{
		Kind: s.Kind, As: s.collapse.Name, Summary: Summarise(r.weights), Merged: out.Merged,
	})
	return nil
}

func (r *run) warn(text i18n.Text, args ...any) {
	r.diagnostics.Warnings = append(r.diagnostics.Warnings, i18n.Text{
		DA: fmt.Sprintf(text.DA, args...),
		EN: fmt.Sprintf(text.EN, args...),
	})
}

func (r *run) result() (*Result, error) {
	made, err := microdata.New(r.made...)
	if err != nil {
		return nil, failf(BadData, "%v", err)
	}
	v := r.recipe.Variance
	spec := design.Spec{
		IDs: v.IDs, Strata: v.Strata, FPC: v.FPC, Nest: v.Nest, Lonely: v.Lonely,
		Weight: r.as, Adjustments: r.adjustments,
	}
	if spec.Lonely == "" {
		spec.Lonely = design.Fail
	}
	r.diagnostics.Final = Summarise(r.weights)
	r.checkTrimmed()
	r.diagnostics.Balance = r.balance()
	r.diagnostics.Column, r.diagnostics.Spreads = r.spreads()
	res := &Result{Data: made, Spec: spec}
	if plan := r.recipe.Replicates; plan != nil {
		if res.Replicates, err = r.replicates(); err != nil {
			return nil, inStep("replicates", err)
		}
		r.diagnostics.Replicates = &ReplicatesReport{Type: plan.Type, Count: res.Replicates.Count(),
			Seed: plan.Seed, Scale: res.Replicates.Scale, MSE: plan.MSE}
	}
	res.Diagnostics = r.diagnostics
	return res, nil
}

// checkTrimmed warns where calibration after trimming has pushed weights past
// the limit again.
func (r *run) checkTrimmed() {
	var limit float64
	for _, s := range r.diagnostics.Steps {
		if s.Trimmed != nil {
			limit = s.Trimmed.Upper
		}
	}
	over := 0
	for _, w := range r.weights {
		if limit > 0 && w > limit*(1+trimSlack) {
			over++
		}
	}
	if over > 0 {
		r.warn(words.pastLimit, over, limit, r.diagnostics.Final.Max)
	}
}
