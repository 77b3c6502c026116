package demo

import (
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
	"barometer/survey/response"
)

// Model states how the invented workplaces answer and take part. All numbers
// are chances in percent or relative weights, for a workplace of average
// disposition to innovate; shifts move them.
type Model struct {
	Fieldwork Fieldwork       `yaml:"fieldwork"`
	Items     map[string]Rule `yaml:"items"`
}

// Fieldwork states what becomes of a sampled workplace. Its chances depend on
// the stratum and on nothing else, so that those who answer are missing at
// random given the stratum.
type Fieldwork struct {
	Ineligible float64                              `yaml:"ineligible"` // percent of the frame
	English    float64                              `yaml:"english"`    // percent of visitors
	Fates      map[response.Disposition]float64     `yaml:"fates"`      // weights, of those eligible
	Shift      map[response.Disposition]adjustments `yaml:"shift"`
}

// Rule states how one item is answered: by Weights where one option is chosen,
// Chances where each option is chosen or not, Rows where each row has its own
// weights, Sentences where text is written.
type Rule struct {
	Weights   map[string]float64            `yaml:"weights"`
	Chances   map[string]float64            `yaml:"chances"`
	Alone     map[string]float64            `yaml:"alone"` // exclusive options, tried first
	Rows      map[string]map[string]float64 `yaml:"rows"`
	Answered  float64                       `yaml:"answered"` // percent who write a text
	Sentences []i18n.Text                   `yaml:"sentences"`
	Shift     map[string]adjustments        `yaml:"shift"` // by option
}

// adjustments are added to the log of an option's weight or odds where their
// condition holds: a code of sector, subsector or size, an earlier answer
// written B1=ja, or latent, which is multiplied by the workplace's standard
// normal disposition to innovate.
type adjustments []adjustment

type adjustment struct {
	condition  string
	item, code string // of an earlier answer
	by         float64
}

// UnmarshalYAML reads a map from condition to number and keeps it in the order
// of its keys, so that sums come out alike everywhere.
func (a *adjustments) UnmarshalYAML(node *yaml.Node) error {
	var byCondition map[string]float64
	if err := node.Decode(&byCondition); err != nil {
		return err
	}
	for _, condition := range slices.Sorted(maps.Keys(byCondition)) {
		adj := adjustment{condition: condition, by: byCondition[condition]}
		if item, code, ok := strings.Cut(condition, "="); ok {
			adj.item, adj.code = item, code
		}
		*a = append(*a, adj)
	}
	return nil
}

const latent = "latent"

//go:embed model.yaml
var modelFile string

// DefaultModel is the model of the example wave.
func DefaultModel() (Model, error) { return LoadModel(strings.NewReader(modelFile), "model.yaml") }

// LoadModel reads a model from YAML.
func LoadModel(r io.Reader, file string) (Model, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return Model{}, fmt.Errorf("read %s: %w", file, err)
	}
	var m Model
	if err := yaml.Load(data, &m, yaml.WithKnownFields()); err != nil {
		return Model{}, fmt.Errorf("%s: %w", file, err)
	}
	return m, nil
}

// fits lists where the model and the questionnaire disagree: an item or option
// without a rule, a rule without an item, a shift on something unheard of.
func (m Model) fits(q *questionnaire.Questionnaire) error {
	c := fitting{q: q, conditions: frameCodes()}
	c.fates(m.Fieldwork)
	c.conditions[latent] = true
	known := make(map[string]bool)
	for _, item := range q.Items() {
		known[item.ID] = true
		if rule, ok := m.Items[item.ID]; ok {
			c.item(item, rule)
		} else {
			c.fault("item %s has no rule", item.ID)
		}
		for _, o := range item.Options {
			c.conditions[item.ID+"="+o.Code] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.Items)) {
		if !known[id] {
			c.fault("there is no item %s", id)
		}
	}
	return errors.Join(c.faults...)
}

func frameCodes() map[string]bool {
	codes := make(map[string]bool)
	for _, c := range []codebook.Classification{codebook.Sectors(), codebook.Subsectors(), codebook.Sizes()} {
		for _, v := range c.Values() {
			codes[v] = true
		}
	}
	return codes
}

type fitting struct {
	q          *questionnaire.Questionnaire
	conditions map[string]bool // what a shift may depend on so far
	faults     []error
}

func (c *fitting) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf("model: "+format, args...))
}

func (c *fitting) fates(f Fieldwork) {
	for _, d := range fates {
		if !(f.Fates[d] >= 0) {
			c.fault("fieldwork: weight of %s is %v", d, f.Fates[d])
		}
		for _, a := range f.Shift[d] {
			if !c.conditions[a.condition] {
				c.fault("fieldwork: %s may depend on the stratum only, not on %s", d, a.condition)
			}
		}
	}
	if len(f.Fates) != len(fates) {
		c.fault("fieldwork: give a weight for each of %v", fates)
	}
}

func (c *fitting) item(item *questionnaire.Item, r Rule) {
	switch {
	case item.Kind == questionnaire.Text:
		if len(r.Sentences) == 0 {
			c.fault("item %s has no sentences", item.ID)
		}
	case item.Kind.Beside():
		c.fault("item %s is of kind %s, which the model has no rules for", item.ID, item.Kind)
	case item.Kind == questionnaire.Matrix:
		for _, row := range item.Rows {
			c.options(item, "row "+row.Code, r.Rows[row.Code])
		}
	case item.Kind.Several():
		both := maps.Clone(r.Chances)
		maps.Copy(both, r.Alone)
		c.options(item, "chances", both)
	default:
		c.options(item, "weights", r.Weights)
	}
	c.shifts(item, r.Shift)
}

// options checks that exactly the item's options are given.
func (c *fitting) options(item *questionnaire.Item, what string, given map[string]float64) {
	for _, o := range item.Options {
		if _, ok := given[o.Code]; !ok {
			c.fault("item %s, %s: option %s is missing", item.ID, what, o.Code)
		}
	}
	if len(given) > len(item.Options) {
		c.fault("item %s, %s: %d options, the item has %d", item.ID, what, len(given), len(item.Options))
	}
	for _, code := range slices.Sorted(maps.Keys(given)) {
		if chance := given[code]; !(chance >= 0 && chance <= 100) {
			c.fault("item %s, %s: %s is %v, must be from 0 to 100", item.ID, what, code, chance)
		}
	}
}

func (c *fitting) shifts(item *questionnaire.Item, shift map[string]adjustments) {
	for _, code := range slices.Sorted(maps.Keys(shift)) {
		if !slices.ContainsFunc(item.Options, func(o questionnaire.Option) bool { return o.Code == code }) {
			c.fault("item %s: shift of %s, which is no option", item.ID, code)
		}
		for _, a := range shift[code] {
			if !c.conditions[a.condition] {
				c.fault("item %s: shift of %s on %s, which is no code of the frame and no earlier answer", item.ID, code, a.condition)
			}
		}
	}
}
