// Package table holds the indicators table: every figure that may be shown.
//
// It is what comes out of the disclosure gate and what every chart, report,
// workbook, data file, page and API answer reads. Only package disclosure can
// make a [Table] from estimates; a suppressed cell holds no number at all, so
// nothing behind this package can leak one.
package table

import (
	"fmt"
	"math"

	"barometer/analysis/internal/gate"
	"barometer/internal/i18n"
)

// Kind says how the values of an indicator are to be read.
type Kind string

const (
	Share Kind = "share" // 0 to 1, shown in percent
	Score Kind = "score" // 0 to 100 points
)

// Indicator describes one row of the table.
type Indicator struct {
	ID          string    `json:"id"`     // "value.kvalitet"
	Family      string    `json:"family"` // "value"
	FamilyLabel i18n.Text `json:"family_label"`
	Label       i18n.Text `json:"label"`
	Kind        Kind      `json:"kind"`
	Unit        i18n.Text `json:"unit"`
	Base        i18n.Text `json:"base"`     // who the figure is about, in words
	Question    i18n.Text `json:"question"` // as worded in the questionnaire
	Item        string    `json:"item"`     // questionnaire item, "E1"
	Counted     bool      `json:"counted"`  // a count of the sample: unweighted, no sampling error
	Multiple    bool      `json:"multiple"` // several answers possible: the family's shares do not add to 100

	Note   i18n.Text `json:"note,omitzero"`    // to print beside the figures: how many answers are imputed
	Since  string    `json:"since,omitempty"`  // the first wave that asked it
	Breaks []Break   `json:"breaks,omitempty"` // waves from which the figures are of another kind, oldest first
}

// Domain is one column of the table: the total or a part of the population.
type Domain struct {
	Breakdown string    `json:"breakdown"` // "total", "sector", "subsector", "size", "sector_size"
	Codes     []string  `json:"codes"`     // one per dimension of the breakdown
	Label     i18n.Text `json:"label"`
}

// ID is the domain's address: "total", "sector:kommune", "sector_size:kommune:20-49".
func (d Domain) ID() string {
	id := d.Breakdown
	for _, c := range d.Codes {
		id += ":" + c
	}
	return id
}

// Status says whether and how a cell may be shown.
type Status string

const (
	Published    Status = ""
	Uncertain    Status = "u" // published with a warning: wide interval or few respondents
	Confidential Status = "c" // suppressed so that no workplace can be recognised
	Unreliable   Status = "x" // suppressed because the interval is too wide to be of use
	Empty        Status = "e" // no respondent in the domain was asked
)

// Suppressed reports whether a cell of this status shows no number.
func (s Status) Suppressed() bool { return s != Published && s != Uncertain }

// Figure is the content of a published cell. Shares are fractions of one.
type Figure struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"` // 95 % confidence interval
	High  float64 `json:"high"`
	SE    float64 `json:"se"`
	DF    float64 `json:"df"`
	N     int     `json:"n"` // respondents in the denominator
}

// Cell is one figure, or the reason why there is none.
type Cell struct {
	status Status
	figure Figure
}

// NewCell makes a cell. A suppressed cell drops its figure.
func NewCell(_ gate.Passed, s Status, f Figure) Cell {
	if s.Suppressed() {
		return Cell{status: s}
	}
	return Cell{status: s, figure: f}
}

// Status returns the cell's status.
func (c Cell) Status() Status { return c.status }

// Figure returns the cell's numbers, and false where it is suppressed.
func (c Cell) Figure() (Figure, bool) { return c.figure, !c.status.Suppressed() }

// Meta says what a table is about.
type Meta struct {
	Wave         string    `json:"wave"`   // "2025"
	Period       i18n.Text `json:"period"` // reference period in words
	Synthetic    bool      `json:"synthetic"`
	Title        i18n.Text `json:"title"`
	Frame        int       `json:"frame"`       // workplaces in the frame
	Sample       int       `json:"sample"`      // workplaces drawn
	Respondents  int       `json:"respondents"` // complete answers
	Ineligible   int       `json:"ineligible"`  // known not to belong to the population
	Level        float64   `json:"level"`       // of the intervals, 0.95
	Weighting    i18n.Text `json:"weighting"`   // how answers were weighted, in words
	EffectiveN   float64   `json:"effective_n"` // Kish
	ResponseRate float64   `json:"response_rate"`
}

// Table is the indicators of one wave by domain.
type Table struct {
	Meta
	indicators []Indicator
	domains    []Domain
	cells      []Cell // indicator by indicator, domains in order
	row, col   map[string]int
}

// New makes a table of cells, indicator by indicator. It refuses a wrong
// number of cells, repeated ids, and figures that contradict themselves.
func New(_ gate.Passed, meta Meta, indicators []Indicator, domains []Domain, cells []Cell) (*Table, error) {
	if len(cells) != len(indicators)*len(domains) {
		return nil, fmt.Errorf("table: %d cells for %d indicators × %d domains", len(cells), len(indicators), len(domains))
	}
	t := &Table{Meta: meta, indicators: indicators, domains: domains, cells: cells,
		row: make(map[string]int), col: make(map[string]int)}
	for i, ind := range indicators {
		if _, taken := t.row[ind.ID]; taken {
			return nil, fmt.Errorf("table: indicator %s stands twice", ind.ID)
		}
		t.row[ind.ID] = i
	}
	for i, d := range domains {
		if _, taken := t.col[d.ID()]; taken {
			return nil, fmt.Errorf("table: domain %s stands twice", d.ID())
		}
		t.col[d.ID()] = i
	}
	return t, t.check()
}

func (t *Table) check() error {
	for i, ind := range t.indicators {
		for j, d := range t.domains {
			f, ok := t.cells[i*len(t.domains)+j].Figure()
			if ok && !f.sound() {
				return fmt.Errorf("table: cell %s × %s: value %v with interval %v to %v", ind.ID, d.ID(), f.Value, f.Low, f.High)
			}
		}
	}
	return nil
}

func (f Figure) sound() bool {
	for _, x := range []float64{f.Value, f.Low, f.High, f.SE} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return f.Low <= f.Value && f.Value <= f.High && f.SE >= 0
}

// Indicators returns the rows in order. The caller must not change them.
func (t *Table) Indicators() []Indicator { return t.indicators }

// Domains returns the columns in order. The caller must not change them.
func (t *Table) Domains() []Domain { return t.domains }

// Cell returns the cell of an indicator and a domain by their ids.
func (t *Table) Cell(indicator, domain string) (Cell, bool) {
	i, okI := t.row[indicator]
	j, okJ := t.col[domain]
	if !okI || !okJ {
		return Cell{}, false
	}
	return t.cells[i*len(t.domains)+j], true
}

// Indicator returns the description of one indicator.
func (t *Table) Indicator(id string) (Indicator, bool) {
	i, ok := t.row[id]
	if !ok {
		return Indicator{}, false
	}
	return t.indicators[i], true
}

// Family returns the indicators of one family in order.
func (t *Table) Family(name string) []Indicator {
	var members []Indicator
	for _, ind := range t.indicators {
		if ind.Family == name {
			members = append(members, ind)
		}
	}
	return members
}

// Breakdown returns the domains of one breakdown in order.
func (t *Table) Breakdown(name string) []Domain {
	var parts []Domain
	for _, d := range t.domains {
		if d.Breakdown == name {
			parts = append(parts, d)
		}
	}
	return parts
}
