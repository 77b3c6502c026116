package questionnaire

import (
	"maps"
	"slices"
)

// Answer is what a respondent gave for one item. Which parts an answer has
// follows from the item's kind.
type Answer struct {
	Codes   []string            `json:"codes,omitempty"`   // options chosen, in the item's order; of a ranking, first to last
	Rows    map[string][]string `json:"rows,omitempty"`    // options chosen per matrix row
	Text    string              `json:"text,omitempty"`    // of a line or text
	Value   string              `json:"value,omitempty"`   // of a number, as "-1234.5"; of a date "2025-03-31"; of a month "2025-03"
	Parts   map[string]string   `json:"parts,omitempty"`   // of a share: per cent by row, as Value
	Specify map[string]string   `json:"specify,omitempty"` // text by chosen option that asks for one

	// Typed is what was entered and has no meaning yet: no number, two readings,
	// no such day, two options of one rank. It is kept so that nothing typed is
	// lost, by the rest of the field's name after the item's id.
	Typed map[string]string `json:"typed,omitempty"`

	// Confirmed holds the marks of the soft checks that the respondent has
	// confirmed the answer against (see [Doubt]).
	Confirmed []string `json:"confirmed,omitempty"`
}

// IsZero reports whether nothing is answered.
func (a Answer) IsZero() bool {
	for _, codes := range a.Rows {
		if len(codes) > 0 {
			return false
		}
	}
	return len(a.Codes) == 0 && a.Text == "" && a.Value == "" && len(a.Parts) == 0 && len(a.Specify) == 0 && len(a.Typed) == 0
}

// Equal reports whether two answers say the same.
func (a Answer) Equal(b Answer) bool {
	return a.Text == b.Text && a.Value == b.Value && slices.Equal(a.Codes, b.Codes) &&
		maps.EqualFunc(a.Rows, b.Rows, slices.Equal) && maps.Equal(a.Parts, b.Parts) &&
		maps.Equal(a.Specify, b.Specify) && maps.Equal(a.Typed, b.Typed) && slices.Equal(a.Confirmed, b.Confirmed)
}

// Has reports whether the option with the given code is chosen.
func (a Answer) Has(code string) bool { return slices.Contains(a.Codes, code) }

// RowHas reports whether the option is chosen in the row.
func (a Answer) RowHas(row, code string) bool { return slices.Contains(a.Rows[row], code) }

// Answers holds answers by item id. An item without an entry is unanswered.
// Functions of this package never change the Answers they are given.
type Answers map[string]Answer

// with returns a copy in which id is answered by a, or unanswered when a says
// nothing.
func (as Answers) with(id string, a Answer) Answers {
	out := make(Answers, len(as)+1)
	maps.Copy(out, as)
	if a.IsZero() {
		delete(out, id)
	} else {
		out[id] = a
	}
	return out
}
