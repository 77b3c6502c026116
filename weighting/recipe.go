package weighting

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"barometer/weighting/design"
	"barometer/weighting/margin"
	"go.yaml.in/yaml/v4"
)

// Recipe is the document that says how a wave is weighted: which disposition
// counts as what, the steps in order, and what the variance is computed over.
type Recipe struct {
	Key      string // column that identifies a unit
	Status   Status
	Steps    []RecipeStep
	Variance Variance

	Replicates *Replication // replicate weights to make; nil = none
}

// RecipeStep is one entry of a recipe. A base step starts the weights, a
// collapse step makes classes, and every other kind changes the weights.
type RecipeStep struct {
	Kind string
	As   string // column for the weights after the step; "" for collapse
	Line int

	base     *Base
	collapse *Collapse
	draft    draft
}

// Status says which codes of a column mean what, for all steps of a recipe.
type Status struct {
	Column         string   `yaml:"column"`
	Respondents    []string `yaml:"respondents"`
	Nonrespondents []string `yaml:"nonrespondents"`
	Unknown        []string `yaml:"unknown"`    // not known whether in the population
	Ineligible     []string `yaml:"ineligible"` // known to be outside it
}

// listed returns the ineligible codes, never nil: a recipe places every code.
func (s Status) listed() []string {
	return append([]string{}, s.Ineligible...)
}

// Variance names the columns of the design that the weights are analysed with.
type Variance struct {
	IDs    []string         `yaml:"ids"`
	Strata []string         `yaml:"strata"`
	FPC    []string         `yaml:"fpc"`
	Nest   bool             `yaml:"nest"`
	Lonely design.LonelyPSU `yaml:"lonely_psu"`
}

// Margins names the margins that the steps look up, in order of first use.
func (r *Recipe) Margins() []string {
	var names []string
	for _, s := range r.Steps {
		if s.draft == nil {
			continue
		}
		for _, n := range s.draft.needs() {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// Faults is everything wrong with a recipe.
type Faults []string

func (f Faults) Error() string { return strings.Join(f, "\n") }

// recipeFile is a recipe as written.
type recipeFile struct {
	Key      string      `yaml:"key"`
	Status   Status      `yaml:"status"`
	Steps    []yaml.Node `yaml:"steps"`
	Variance Variance    `yaml:"variance"`

	Replicates *Replication `yaml:"replicates"`
}

const maxRecipeBytes = 1 << 20

// ReadRecipe reads a recipe from YAML. Unknown keys are refused; the error is
// [Faults], each with file and line.
func ReadRecipe(r io.Reader, file string) (*Recipe, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxRecipeBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(raw) > maxRecipeBytes {
		return nil, Faults{fmt.Sprintf("%s: the file is larger than %d bytes", file, maxRecipeBytes)}
	}
	p := recipeReader{file: file}
	var f recipeFile
	if err := yaml.Load(raw, &f, yaml.WithKnownFields()); err != nil {
		p.yaml(err)
		return nil, p.faults
	}
	recipe := &Recipe{Key: f.Key, Status: f.Status, Variance: f.Variance, Replicates: f.Replicates}
	for i := range f.Steps {
		if s, ok := p.step(&f.Steps[i], f.Status); ok {
			recipe.Steps = append(recipe.Steps, s)
		}
	}
	p.check(recipe)
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return recipe, nil
}

// recipeReader collects faults.
type recipeReader struct {
	file   string
	faults Faults
}

func (p *recipeReader) add(line int, format string, args ...any) {
	place := p.file
	if line > 0 {
		place = fmt.Sprintf("%s:%d", p.file, line)
	}
	p.faults = append(p.faults, place+": "+fmt.Sprintf(format, args...))
}

// yaml adds the faults of a decoding error.
func (p *recipeReader) yaml(err error) {
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			p.add(e.Mark.Line, "%s", e.Message)
		}
	case errors.As(err, &one):
		p.add(one.Mark.Line, "%s", one.Message)
	default:
		p.add(0, "%v", err)
	}
}

// step reads one entry, already checked as far as it can be without data.
func (p *recipeReader) step(node *yaml.Node, st Status) (RecipeStep, bool) {
	s := RecipeStep{Line: node.Line}
	s.Kind, s.As = take(node, "kind"), take(node, "as")
	var into any
	switch s.Kind {
	case "base":
		s.base = new(Base)
		into = s.base
	case "collapse":
		s.collapse = new(Collapse)
		into = s.collapse
	default:
		empty, known := drafts[s.Kind]
		if !known {
			p.add(s.Line, "unknown kind of step %q: use base, collapse, %s", s.Kind, strings.Join(stepKinds(), ", "))
			return s, false
		}
		s.draft = empty()
		into = s.draft
	}
	if err := node.Load(into, yaml.WithKnownFields()); err != nil {
		p.yaml(err)
		return s, false
	}
	if err := s.try(st); err != nil {
		p.add(s.Line, "%v", inStep(s.Kind, err))
		return s, false
	}
	return s, true
}

func stepKinds() []string {
	var kinds []string
	for k := range drafts {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// try checks a step with stand-ins for the margins it names.
func (s RecipeStep) try(st Status) error {
	switch {
	case s.base != nil && s.base.Weight == "":
		return failf(BadCase, "name the column with the design weight")
	case s.collapse != nil && s.As != "":
		return failf(BadCase, "it makes classes, not weights: leave out as")
	case s.collapse != nil:
		return s.collapse.check()
	case s.base != nil:
		return nil
	}
	var known []margin.Margin
	for _, name := range s.draft.needs() {
		known = append(known, margin.Margin{Name: name, Totals: []margin.Total{{Total: 1}}})
	}
	_, err := s.draft.bind(known, st)
	return err
}

// check looks at the recipe as a whole and names the columns not named.
func (p *recipeReader) check(r *Recipe) {
	if r.Key == "" {
		p.add(0, "key is missing: name the column that identifies a unit")
	}
	if r.Replicates != nil {
		if err := r.Replicates.check(); err != nil {
			p.add(0, "replicates: %v", err)
		}
	}
	if len(r.Steps) == 0 {
		p.add(0, "there are no steps")
		return
	}
	if r.Steps[0].base == nil {
		p.add(r.Steps[0].Line, "the first step must be base")
	}
	taken := map[string]int{r.Key: 0}
	last := -1
	for i := range r.Steps {
		s := &r.Steps[i]
		if i > 0 && s.base != nil {
			p.add(s.Line, "base stands twice: weights start once")
		}
		if s.collapse == nil {
			last = i
		}
		if s.Kind == "round" && i < len(r.Steps)-1 {
			p.add(s.Line, "round must be the last step: what follows would undo it")
		}
		for _, column := range s.names(i) {
			if line, twice := taken[column]; twice {
				p.add(s.Line, "column %s is made twice (line %d)", column, line)
			}
			taken[column] = s.Line
		}
	}
	if last >= 0 && r.Steps[last].As != finalWeight {
		p.add(r.Steps[last].Line, "the last weights must be called %s: write as: %s", finalWeight, finalWeight)
	}
}

// finalWeight is the column every later stage reads.
const finalWeight = "weight"

// names returns the columns a step makes, filling in a default for As.
func (s *RecipeStep) names(i int) []string {
	if c := s.collapse; c != nil {
		names := []string{c.Name}
		if c.Population != "" {
			names = append(names, c.Name+"_n")
		}
		return names
	}
	if s.As == "" {
		s.As = fmt.Sprintf("weight_%d_%s", i+1, s.Kind)
	}
	return []string{s.As}
}
