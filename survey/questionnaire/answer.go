package questionnaire

import (
	"maps"
	"slices"
)

// Answer is what a respondent gave for one item.
type Answer struct {
	Codes []string            `json:"codes,omitempty"` // options chosen, in the item's order
	Rows  map[string][]string `json:"rows,omitempty"`  // options chosen per matrix row
	Text  string              `json:"text,omitempty"`
}

// IsZero reports whether nothing is answered.
func (a Answer) IsZero() bool {
	for _, codes := range a.Rows {
		if len(codes) > 0 {
			return false
		}
	}
	return len(a.Codes) == 0 && a.Text == ""
}

// Equal reports whether two answers say the same.
func (a Answer) Equal(b Answer) bool {
	return a.Text == b.Text && slices.Equal(a.Codes, b.Codes) && maps.EqualFunc(a.Rows, b.Rows, slices.Equal)
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
