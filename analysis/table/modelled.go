package table

import (
	"errors"
	"fmt"
	"math"

	"barometer/internal/i18n"
)

// Modelled is the status that stands beside every model-based figure in files
// and pages. No [Cell] has it: a model-based figure is no cell of a table.
const Modelled = "m"

// Basis says what a model-based figure is made of.
type Basis string

const (
	Prediction Basis = "prediction" // what the model says of a group, from the figures of the other groups
	Combined   Basis = "combined"   // the group's own shown figure weighed together with the prediction
)

// ModelFigure is the model-based figure of one cell that the table does not
// show, or shows as uncertain.
type ModelFigure struct {
	Domain string  `json:"domain"`
	Basis  Basis   `json:"basis"`
	Value  float64 `json:"value"` // a share as a fraction of one, a score in points
	Low    float64 `json:"low"`   // interval at the level of the table, from the mean squared error
	High   float64 `json:"high"`
	RMSE   float64 `json:"rmse"` // root of the estimated mean squared error
}

// Coefficient is one term of a model.
type Coefficient struct {
	Name  string    `json:"name"`
	Label i18n.Text `json:"label"`
	Value float64   `json:"value"`
	SE    float64   `json:"se"`
}

// Covariates are what a model knows of one group, in the order of its
// coefficients.
type Covariates struct {
	Domain string    `json:"domain"`
	X      []float64 `json:"x"`
}

// Model is a model of one indicator over the groups of one breakdown. With the
// table it is fitted to, it holds everything needed to compute its figures
// again.
type Model struct {
	Indicator    string        `json:"indicator"`
	Breakdown    string        `json:"breakdown"`
	Method       string        `json:"method"`   // of the variance between groups: "reml", "fh"
	Smoothed     bool          `json:"smoothed"` // sampling variances follow a function of the number of answers
	Groups       int           `json:"groups"`   // whose shown figures the model is fitted to
	Between      float64       `json:"between"`  // variance between groups that the covariates leave
	Coefficients []Coefficient `json:"coefficients"`
	Covariates   []Covariates  `json:"covariates"`
	Figures      []ModelFigure `json:"figures"`
	Warnings     []string      `json:"warnings,omitempty"`
}

// Models are the model-based figures beside a table.
type Models struct {
	Wave  string  `json:"wave"`
	Level float64 `json:"level"`
	List  []Model `json:"models"`
}

// Of returns the models of one indicator; none where m is nil.
func (m *Models) Of(indicator string) []Model {
	if m == nil {
		return nil
	}
	var list []Model
	for _, model := range m.List {
		if model.Indicator == indicator {
			list = append(list, model)
		}
	}
	return list
}

// Note says what kind of number the figure is, for print beside it.
func (f ModelFigure) Note() i18n.Text {
	if f.Basis == Combined {
		return i18n.Text{
			DA: "Modelbaseret skøn: gruppens eget, usikre tal er vejet sammen med en forudsigelse ud fra alle grupper.",
			EN: "Model-based estimate: the group's own, uncertain figure is combined with a prediction from all groups."}
	}
	return i18n.Text{
		DA: "Modelbaseret skøn: en forudsigelse ud fra de grupper, hvis tal vises. Gruppens egne svar indgår ikke.",
		EN: "Model-based estimate: a prediction from the groups whose figures are shown. The group's own answers are not part of it."}
}

// Fits reports everything in which the models do not belong beside a table: a
// figure for a cell that the table shows without reserve would be a second
// truth, and a prediction for one that it shows would hide what is known.
func (m *Models) Fits(t *Table) error {
	var faults []error
	if m.Wave != t.Wave {
		faults = append(faults, fmt.Errorf("the models are of wave %s, the table of wave %s", m.Wave, t.Wave))
	}
	seen := map[[2]string]bool{}
	for _, model := range m.List {
		for _, f := range model.Figures {
			at := [2]string{model.Indicator, f.Domain}
			if seen[at] {
				faults = append(faults, fmt.Errorf("model of %s × %s: the figure stands twice", at[0], at[1]))
			}
			seen[at] = true
			faults = append(faults, f.fits(t, model.Indicator))
		}
	}
	return errors.Join(faults...)
}

func (f ModelFigure) fits(t *Table, indicator string) error {
	fault := func(format string, args ...any) error {
		return fmt.Errorf("model of %s × %s: %s", indicator, f.Domain, fmt.Sprintf(format, args...))
	}
	cell, ok := t.Cell(indicator, f.Domain)
	switch {
	case !ok:
		return fault("the table has no such cell")
	case f.Basis == Prediction && !cell.Status().Suppressed():
		return fault("a prediction beside a figure that is shown")
	case f.Basis == Combined && cell.Status() != Uncertain:
		return fault("a combined figure beside a cell of status %q", cell.Status())
	case f.Basis != Prediction && f.Basis != Combined:
		return fault("unknown basis %q", f.Basis)
	}
	for _, x := range []float64{f.Value, f.Low, f.High, f.RMSE} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fault("a number is %v", x)
		}
	}
	if f.Low > f.Value || f.High < f.Value || f.RMSE < 0 {
		return fault("value %v with interval %v to %v", f.Value, f.Low, f.High)
	}
	return nil
}
