// Package questionnaire holds the definition of a questionnaire: its items,
// their wording in every language, and the routes between them.
//
// A YAML file comes in; a checked [Questionnaire] goes out, from which the
// runner makes pages, freeze makes variables, and the report takes wordings.
// The package decides routes and validity of answers. It knows no requests, no
// storage and no clock.
package questionnaire

import (
	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// Kind is the type of an item.
type Kind string

const (
	Single      Kind = "single"       // one option
	Multiple    Kind = "multiple"     // any number of options, up to Max
	Matrix      Kind = "matrix"       // one option per row
	MatrixMulti Kind = "matrix_multi" // any number of options per row
	Text        Kind = "text"         // free text up to MaxLength characters
)

// Option is one possible answer, or one row of a matrix.
type Option struct {
	Code      string // stable identifier, unique in the item
	Number    int    // stable number for data files
	Label     i18n.Text
	Exclusive bool      // chosen alone: "none", "don't know"
	DontKnow  bool      // an answer, but not a substantive one
	Relevant  expr.Expr // when the option or row is offered; nil = always
}

// Item is one question.
type Item struct {
	ID        string // "C4": frozen across waves, changed wording means a new id
	Kind      Kind
	Label     i18n.Text
	Hint      i18n.Text
	Options   []Option
	Rows      []Option  // of a matrix
	Relevant  expr.Expr // route: when the item is asked; nil = always
	Asked     i18n.Text // the route in words, for notes under figures
	Required  bool
	Max       int // most options in a multiple answer, 0 = no limit
	MaxLength int // characters of a text
}

// Page is a set of items shown together, and an optional definition before them.
type Page struct {
	ID    string
	Title i18n.Text
	Intro i18n.Text
	Items []*Item
}

// Answer is what a respondent gave for one item.
type Answer struct {
	Codes []string            `json:"codes,omitempty"` // options chosen, in the item's order
	Rows  map[string][]string `json:"rows,omitempty"`  // options chosen per matrix row
	Text  string              `json:"text,omitempty"`
}

// Answers holds answers by item id. An item without an entry is unanswered.
type Answers map[string]Answer
