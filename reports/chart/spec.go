package chart

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"barometer/internal/i18n"
	"barometer/reports/prose"
)

// Kind is the form of a chart.
type Kind string

const (
	Bar     Kind = "bar"     // sorted horizontal bars from zero, with intervals
	Dots    Kind = "dots"    // a dot and its interval for each part of the population
	Pairs   Kind = "pairs"   // two dots on each row: promoted against hindered
	Stacked Kind = "stacked" // rows that are split into parts of 100 %
	Panels  Kind = "panels"  // the same bars side by side for each domain
	Key     Kind = "key"     // one figure, large

	TimeLine Kind = "timeline" // one figure in every wave, with its breaks and what others published

	Scale     Kind = "scale"     // the steps of a scale in 100 %, don't know apart, net agreement beside
	Diverging Kind = "diverging" // the same steps to both sides of the middle
	Slope     Kind = "slope"     // figures of the wave before joined to those of this one
	Funnel    Kind = "funnel"    // groups by their number of answers within the range that chance explains
	Tiles     Kind = "tiles"     // one equal tile a group; regions lie as they do in the country
)

// Kinds lists every form of chart.
var Kinds = []Kind{Bar, Dots, Pairs, Stacked, Panels, Key, TimeLine, Scale, Diverging, Slope, Funnel, Tiles}

// Order says how rows are sorted.
type Order string

const (
	ByValue Order = "value" // highest first; don't know and other last
	ByOther Order = "other" // as ByValue, by the other side of pairs
	Given   Order = "given" // as in the table
)

// Spec says which cells of the table a chart shows, and how.
//
// An indicator "value.*" stands for every member of the family, a domain
// "sector:*" for every part of the breakdown. Title, Measure and Note are
// templates of package prose; where they are empty the chart writes its own.
type Spec struct {
	ID         string      `yaml:"id"` // "values": names the files and the ids within the SVG
	Kind       Kind        `yaml:"kind"`
	Indicators []string    `yaml:"indicators"`
	Against    []string    `yaml:"against"` // the other side of pairs and of a scale; matched by code
	Net        []string    `yaml:"net"`     // of a scale: scores whose 0 to 100 stand for -100 to 100, one a row
	Domains    []string    `yaml:"domains"` // ["total"] where empty
	Focus      string      `yaml:"focus"`   // of a funnel: the domain that the reader looks for
	Half       bool        `yaml:"half"`    // half the width of a page
	Order      Order       `yaml:"order"`
	Series     []i18n.Text `yaml:"series"` // names of the two sides, else the family labels
	Rest       i18n.Text   `yaml:"rest"`   // stacked: what is left to 100
	Title      i18n.Text   `yaml:"title"`  // states the finding
	Measure    i18n.Text   `yaml:"measure"`
	Note       i18n.Text   `yaml:"note"`
}

// Overview is the chart of one indicator by every breakdown that is not crossed:
// what a page about the indicator shows.
func Overview(indicator string) Spec {
	return Spec{
		ID:         strings.NewReplacer(".", "-", "_", "-").Replace(indicator),
		Kind:       Dots,
		Indicators: []string{indicator},
		Domains:    []string{"total", "sector:*", "size:*", "subsector:*"},
	}
}

var validID = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

// ReadSpecs reads a YAML list of charts and reports all faults together. The
// name of the file is for messages.
func ReadSpecs(r io.Reader, file string) ([]Spec, error) {
	var specs []Spec
	d, err := yaml.NewLoader(r, yaml.WithKnownFields())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := d.Load(&specs); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var faults []error
	seen := make(map[string]bool)
	for _, s := range specs {
		if seen[s.ID] {
			faults = append(faults, fmt.Errorf("%s: chart %s stands twice", file, s.ID))
		}
		seen[s.ID] = true
		if err := s.Check(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
		}
	}
	return specs, errors.Join(faults...)
}

// Check reports what is wrong with a specification before any table is seen.
func (s Spec) Check() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("chart %s: "+format, append([]any{s.ID}, args...)...))
	}
	if !validID.MatchString(s.ID) {
		fault("the id must be lower-case letters, digits and hyphens")
	}
	if !slices.Contains(Kinds, s.Kind) {
		fault("kind %q is unknown: use one of %v", s.Kind, Kinds)
	}
	if len(s.Indicators) == 0 {
		fault("no indicators")
	}
	if !slices.Contains([]Order{"", ByValue, ByOther, Given}, s.Order) {
		fault("order %q is unknown: use value, other or given", s.Order)
	}
	if s.Order == ByOther && len(s.Against) == 0 {
		fault("order other needs the other side in against")
	}
	if s.Kind == Pairs && len(s.Against) == 0 {
		fault("pairs need the other side in against")
	}
	if len(s.Net) > 0 && s.Kind != Scale {
		fault("net stands beside a scale only, not in a %s chart", s.Kind)
	}
	if s.Focus != "" && s.Kind != Funnel {
		fault("focus marks a group of a funnel only, not of a %s chart", s.Kind)
	}
	for _, t := range append([]i18n.Text{s.Title, s.Measure, s.Note, s.Rest}, s.Series...) {
		if !t.IsZero() && len(t.Missing()) > 0 {
			fault("%q lacks a translation: %v", t.DA+t.EN, t.Missing())
		}
	}
	faults = append(faults, s.checkTemplates()...)
	return errors.Join(faults...)
}

func (s Spec) checkTemplates() []error {
	var faults []error
	for _, l := range i18n.Languages {
		for _, t := range []i18n.Text{s.Title, s.Measure, s.Note} {
			if err := prose.Check("chart "+s.ID+" ("+string(l)+")", t.In(l), l); err != nil {
				faults = append(faults, err)
			}
		}
	}
	return faults
}
