package disclosure

import (
	"errors"
	"fmt"
	"io"
	"math"

	"go.yaml.in/yaml/v4"

	"barometer/analysis/estimate"
	"barometer/analysis/table"
)

// Policy says what may be shown. Widths are half the length of the 95 %
// interval: of a share as a fraction, of a score as points over one hundred.
type Policy struct {
	Confidential struct {
		MinRespondents     int `yaml:"min_respondents"`
		MinPopulation      int `yaml:"min_population"`
		MinNumerator       int `yaml:"min_numerator"`
		AllSameRespondents int `yaml:"all_same_respondents"`
		MinInterval        int `yaml:"min_interval"`
	} `yaml:"confidential"`
	Uncertain struct {
		RespondentsBelow int     `yaml:"respondents_below"`
		HalfWidthAbove   float64 `yaml:"half_width_above"`
	} `yaml:"uncertain"`
	Unreliable struct {
		HalfWidthAbove float64 `yaml:"half_width_above"`
	} `yaml:"unreliable"`
}

// LoadPolicy reads a policy. Every threshold must be given and above zero: a
// rule that was forgotten must not pass for one that was switched off.
func LoadPolicy(r io.Reader, file string) (Policy, error) {
	data, err := io.ReadAll(io.LimitReader(r, 1<<16))
	if err != nil {
		return Policy{}, fmt.Errorf("%s: %w", file, err)
	}
	var p Policy
	if err := yaml.Load(data, &p, yaml.WithKnownFields()); err != nil {
		return Policy{}, fmt.Errorf("%s: %w", file, err)
	}
	if err := p.check(); err != nil {
		return Policy{}, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

func (p Policy) check() error {
	thresholds := []struct {
		name  string
		value float64
	}{
		{"confidential.min_respondents", float64(p.Confidential.MinRespondents)},
		{"confidential.min_population", float64(p.Confidential.MinPopulation)},
		{"confidential.min_numerator", float64(p.Confidential.MinNumerator)},
		{"confidential.all_same_respondents", float64(p.Confidential.AllSameRespondents)},
		{"confidential.min_interval", float64(p.Confidential.MinInterval)},
		{"uncertain.respondents_below", float64(p.Uncertain.RespondentsBelow)},
		{"uncertain.half_width_above", p.Uncertain.HalfWidthAbove},
		{"unreliable.half_width_above", p.Unreliable.HalfWidthAbove},
	}
	var faults []error
	for _, t := range thresholds {
		if t.value <= 0 {
			faults = append(faults, fmt.Errorf("%s must be given and above zero", t.name))
		}
	}
	return errors.Join(faults...)
}

// Candidate is an estimate that asks to be shown.
type Candidate struct {
	estimate.Estimate
	Population int // workplaces of the domain in the frame
	Sampled    int // workplaces of the domain in the sample
}

// status applies the policy to one candidate. Confidentiality is decided
// before usefulness, so that the reason shown is the stricter one.
func (p Policy) status(k table.Kind, c Candidate) table.Status {
	switch {
	case c.N == 0:
		return table.Empty
	case p.confidential(k, c):
		return table.Confidential
	case math.IsNaN(c.Value) || math.IsNaN(c.Low) || math.IsNaN(c.High):
		return table.Unreliable
	}
	half := (c.High - c.Low) / 2
	if k == table.Score {
		half /= 100
	}
	switch {
	case half > p.Unreliable.HalfWidthAbove:
		return table.Unreliable
	case half > p.Uncertain.HalfWidthAbove || c.N < p.Uncertain.RespondentsBelow:
		return table.Uncertain
	}
	return table.Published
}

func (p Policy) confidential(k table.Kind, c Candidate) bool {
	r := p.Confidential
	if c.N < r.MinRespondents || c.Population < r.MinPopulation {
		return true
	}
	if k == table.Score {
		return false
	}
	rest := c.N - c.Positive
	if c.Positive == 0 || rest == 0 {
		// Everyone gave the same answer, so it is known of each of them.
		return c.N < r.AllSameRespondents || c.Sampled >= c.Population
	}
	return c.Positive < r.MinNumerator || rest < r.MinNumerator
}
