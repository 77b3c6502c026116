package indicator

import (
	"errors"
	"fmt"
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
	"barometer/survey/questionnaire"
)

// Definition is one indicator, ready to be computed.
type Definition struct {
	table.Indicator
	BaseID    string // name of the base, or of the indicator where it has its own
	BaseWhere string // expression
	Numerator string // expression; "" for a score
	Score     *Score
}

// Expand spells the catalogue's families out, one definition per indicator,
// with labels and wordings taken from the questionnaire. It refuses an entry
// that names an item, option or row the questionnaire does not have.
func (c *Catalogue) Expand(q *questionnaire.Questionnaire) ([]Definition, error) {
	var defs []Definition
	var faults []error
	for _, e := range c.Entries {
		members, err := members(e, q)
		if err != nil {
			faults = append(faults, fmt.Errorf("indicator %s: %w", e.ID, err))
			continue
		}
		for _, m := range members {
			d, err := c.define(e, m, q)
			if err != nil {
				faults = append(faults, fmt.Errorf("indicator %s: %w", d.ID, err))
			}
			defs = append(defs, d)
		}
	}
	return defs, errors.Join(faults...)
}

// members lists the indicators of an entry: one without a code when the entry
// is no family.
func members(e Entry, q *questionnaire.Questionnaire) ([]Member, error) {
	if families(e) == 0 {
		return []Member{{Item: e.Item, Label: e.Label}}, nil
	}
	if len(e.Each) > 0 {
		return e.Each, nil
	}
	item, ok := q.Item(e.Item)
	if !ok {
		return nil, fmt.Errorf("the questionnaire has no item %s", e.Item)
	}
	codes, options := e.EachOption, item.Options
	if len(e.EachRow) > 0 {
		codes, options = e.EachRow, item.Rows
	}
	if item.Kind == questionnaire.MatrixMulti && len(e.EachOption) > 0 {
		options = item.Options
	}
	var list []Member
	for _, code := range codes {
		label, ok := optionLabel(options, code)
		if !ok {
			return nil, fmt.Errorf("item %s has no code %s", e.Item, code)
		}
		list = append(list, Member{Code: code, Column: code, Item: e.Item, Label: label})
	}
	return list, nil
}

func optionLabel(options []questionnaire.Option, code string) (i18n.Text, bool) {
	for _, o := range options {
		if o.Code == code {
			return o.Short, true
		}
	}
	return i18n.Text{}, false
}

func (c *Catalogue) define(e Entry, m Member, q *questionnaire.Questionnaire) (Definition, error) {
	d := Definition{
		Indicator: table.Indicator{
			ID: e.ID, Family: e.ID, FamilyLabel: e.Label, Label: m.Label,
			Kind: table.Share, Unit: percent, Item: m.Item,
			Question: e.Question, Multiple: e.Multiple, Counted: e.Counted,
			Base: e.BaseLabel,
		},
		BaseID: e.ID, BaseWhere: e.Denominator,
		Numerator: strings.ReplaceAll(e.Numerator, "{each}", m.Column),
		Score:     e.Score.of(m),
	}
	d.Since, d.Breaks = c.history(e)
	if m.Code != "" {
		d.ID += "." + m.Code
	}
	if e.Score != nil {
		d.Kind, d.Unit = table.Score, points
	}
	if b, ok := c.Bases[e.Base]; ok {
		d.BaseID, d.BaseWhere, d.Base = e.Base, b.Where, b.Label
	}
	return d, d.word(q)
}

// of is the score of one member, whose column stands for {each}; nil for nil.
func (s *Score) of(m Member) *Score {
	if s == nil {
		return nil
	}
	own := *s
	own.Columns = nil
	for _, c := range s.Columns {
		own.Columns = append(own.Columns, strings.ReplaceAll(c, "{each}", m.Column))
	}
	return &own
}

var (
	percent = i18n.Text{DA: "procent", EN: "percent"}
	points  = i18n.Text{DA: "point fra 0 til 100", EN: "points from 0 to 100"}
)

// word takes the question from the questionnaire where the entry gives none.
func (d *Definition) word(q *questionnaire.Questionnaire) error {
	if d.Item == "" {
		return nil
	}
	item, ok := q.Item(d.Item)
	if !ok {
		return fmt.Errorf("the questionnaire has no item %s", d.Item)
	}
	if d.Question.IsZero() {
		d.Question = q.Worded(item.Label)
	}
	if item.Kind == questionnaire.Multiple || item.Kind == questionnaire.MatrixMulti {
		d.Multiple = true
	}
	return nil
}
