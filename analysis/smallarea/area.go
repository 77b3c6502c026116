package smallarea

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"barometer/analysis/estimate"
	"barometer/weighting/design"
)

// Method is a way to estimate the variance between areas.
type Method string

const (
	// REML maximises the restricted likelihood under normality.
	REML Method = "reml"
	// Moment solves Fay & Herriot's (1979) moment equation; it needs no normality.
	Moment Method = "fh"
)

// Model says what to fit.
type Model struct {
	Covariates []string `yaml:"covariates"` // names of Area.X, the intercept among them
	Method     Method   `yaml:"method"`     // "" = REML
	Smooth     bool     `yaml:"smooth"`     // replace the sampling variances by smoothed ones
	Level      float64  `yaml:"level"`      // of the intervals; 0 means 0.95
}

// Area is one domain: its direct estimate and its covariates. Direct.N = 0 says
// that the domain has no sample; then only Direct.Domain and X are read.
type Area struct {
	Direct estimate.Estimate
	X      []float64
}

// Name is the domain in words: "subsector=K-DAG, size=100+".
func (a Area) Name() string { return domainName(a.Direct.Domain) }

func domainName(domain []design.Level) string {
	parts := make([]string, len(domain))
	for i, l := range domain {
		parts[i] = l.Column + "=" + l.Level
	}
	if len(parts) == 0 {
		return "the whole population"
	}
	return strings.Join(parts, ", ")
}

func (a Area) sampled() bool { return a.Direct.N > 0 }

func (m Model) method() Method {
	if m.Method == "" {
		return REML
	}
	return m.Method
}

func (m Model) level() float64 {
	if m.Level == 0 {
		return 0.95
	}
	return m.Level
}

// check lists everything that keeps the model from being fitted.
func (m Model) check(areas []Area) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if m.method() != REML && m.method() != Moment {
		fault("unknown method %q: use reml or fh", m.Method)
	}
	if l := m.level(); !(l > 0 && l < 1) {
		fault("level %v is not between 0 and 1", m.Level)
	}
	if len(m.Covariates) == 0 {
		fault("no covariates: the intercept is one")
	}
	sampled, item := 0, ""
	seen := make(map[string]bool, len(areas))
	for _, a := range areas {
		if seen[a.Name()] {
			fault("area %s stands twice", a.Name())
		}
		seen[a.Name()] = true
		m.checkCovariates(a, fault)
		if !a.sampled() {
			continue
		}
		sampled++
		if item == "" {
			item = a.Direct.Item
		}
		if a.Direct.Item != item {
			fault("area %s is estimated for %s, others for %s", a.Name(), a.Direct.Item, item)
		}
		m.checkDirect(a, fault)
	}
	if p := len(m.Covariates); sampled <= p+1 {
		fault("%d areas with sample for %d coefficients: at least %d are needed", sampled, p, p+2)
	}
	if len(faults) > 0 {
		return fmt.Errorf("small-area model: %w", errors.Join(faults...))
	}
	return nil
}

func (m Model) checkCovariates(a Area, fault func(string, ...any)) {
	if len(a.X) != len(m.Covariates) {
		fault("area %s has %d covariates, the model %d", a.Name(), len(a.X), len(m.Covariates))
		return
	}
	for j, x := range a.X {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			fault("area %s: covariate %s is %v", a.Name(), m.Covariates[j], x)
		}
	}
}

func (m Model) checkDirect(a Area, fault func(string, ...any)) {
	if v := a.Direct.Value; math.IsNaN(v) || math.IsInf(v, 0) {
		fault("area %s: the direct estimate is %v", a.Name(), v)
	}
	if se := a.Direct.SE; !m.Smooth && !(se > 0 && !math.IsInf(se, 1)) {
		fault("area %s: the standard error is %v; smooth the variances, or give the area as one without sample", a.Name(), se)
	}
}
