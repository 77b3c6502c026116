// Package indicator defines the indicators of the barometer and prepares them
// for estimation.
//
// A YAML catalogue and the wave's questionnaire come in; out go [Definition]
// values, one per indicator, whose numerator and denominator [Derive] computes
// as columns of the wave, and the [Domain] columns to estimate them by. Adding
// an indicator is one entry in the catalogue. The package computes no estimate
// and decides nothing about what may be shown.
package indicator

import (
	"fmt"
	"io"
	"regexp"

	"go.yaml.in/yaml/v4"

	"barometer/analysis/table"
	"barometer/internal/i18n"
)

// Catalogue is the file that defines the indicators of a wave.
type Catalogue struct {
	ID         string          `yaml:"id"`
	Since      string          `yaml:"since"`  // first wave that asked, of entries that name none
	Breaks     []table.Break   `yaml:"breaks"` // of all indicators
	Breakdowns []string        `yaml:"breakdowns"`
	Changes    Plan            `yaml:"changes"`
	SmallAreas []SmallArea     `yaml:"small_areas"`
	Variance   Variance        `yaml:"variance"` // linearised where none is named
	Bases      map[string]Base `yaml:"bases"`
	Entries    []Entry         `yaml:"indicators"`
}

// Plan declares, before any figure is seen, how changes between waves are
// tested. The tests of one indicator family within one breakdown are a family:
// their p-values are adjusted together.
type Plan struct {
	Breakdowns   []string `yaml:"breakdowns"`   // in which changes are tested
	Adjust       string   `yaml:"adjust"`       // holm where none is named
	Significance float64  `yaml:"significance"` // 0.05 where none is given
}

// Variance names the way to standard errors.
type Variance string

const (
	Linearised Variance = "linearised" // by the design and the residuals of the last calibrations
	Replicated Variance = "replicates" // from the replicate weights that the weighting recipe asks for
)

// Base is a set of respondents that figures are about.
type Base struct {
	Where string    `yaml:"where"` // expression over the wave's columns
	Label i18n.Text `yaml:"label"`
}

// Entry defines one indicator, or a family of them when one of the each fields
// is given: {each} in Numerator then stands for the member's code or column.
type Entry struct {
	ID          string    `yaml:"id"`
	Label       i18n.Text `yaml:"label"`
	Item        string    `yaml:"item"`     // questionnaire item the wording is taken from
	Question    i18n.Text `yaml:"question"` // given where no single item asks it
	Base        string    `yaml:"base"`
	BaseLabel   i18n.Text `yaml:"base_label"`  // with Denominator, in place of a base
	Denominator string    `yaml:"denominator"` // expression, in place of a base
	Numerator   string    `yaml:"numerator"`   // expression
	Score       *Score    `yaml:"score"`       // in place of a numerator
	Multiple    bool      `yaml:"multiple"`    // members do not exclude each other
	Counted     bool      `yaml:"counted"`     // unweighted and without sampling error

	Since  string        `yaml:"since"`  // first wave that asked it
	Breaks []table.Break `yaml:"breaks"` // beside those of the catalogue

	Each       []Member `yaml:"each"`
	EachOption []string `yaml:"each_option"` // option codes of Item
	EachRow    []string `yaml:"each_row"`    // row codes of the matrix Item
}

// Member is one indicator of a family that is spelled out.
type Member struct {
	Code   string    `yaml:"code"`
	Column string    `yaml:"column"` // stands for {each}
	Item   string    `yaml:"item"`
	Label  i18n.Text `yaml:"label"`
}

// Score is a mean of scale items from 0 to 100 points.
type Score struct {
	Columns     []string           `yaml:"columns"`
	Points      map[string]float64 `yaml:"points"` // by code; codes not named are no answer
	MinAnswered int                `yaml:"min_answered"`
}

// maxCatalogueBytes bounds what is read of a catalogue; a real one has 10 kB.
const maxCatalogueBytes = 1 << 20

var identifier = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Load reads a catalogue. Every fault of form is named with the file and, where
// YAML tells it, the line: unknown keys, repeated ids, missing translations,
// an entry that defines no numerator or two.
func Load(r io.Reader, file string) (*Catalogue, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxCatalogueBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(data) > maxCatalogueBytes {
		return nil, fmt.Errorf("%s: larger than %d bytes", file, maxCatalogueBytes)
	}
	var c Catalogue
	if err := yaml.Load(data, &c, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c.Changes.complete()
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &c, nil
}
