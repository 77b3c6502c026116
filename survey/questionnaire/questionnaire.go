// Package questionnaire holds the definition of a questionnaire: its items,
// their wording in every language, and the routes between them.
//
// A YAML file comes in ([Load]); a checked [Questionnaire] goes out, from which
// the runner makes pages, freeze makes variables, and the report takes
// wordings. The package alone decides which items are asked ([Questionnaire.Route]),
// whether what a browser sent is an answer to them ([Questionnaire.ReadPage]),
// and what a set of answers means in the wave ([Questionnaire.Row]).
//
// A route only looks back: an item may depend on items of earlier pages, so
// every page can be drawn without script, every route ends, and changing an
// earlier answer hides what depended on it without forgetting it.
//
// An answer is first right by itself (a number, a day that there is), then by
// the checks of its item, hard or soft, which look at earlier answers too. An
// answer that has no meaning yet is kept as it was typed.
//
// It knows no requests, no storage and no clock, and leaves out how a page
// looks (survey/runner) and how answers are kept (survey/response).
package questionnaire

import (
	"barometer/internal/i18n"
	"barometer/survey/questionnaire/expr"
)

// Questionnaire is a checked definition. It is not changed after [Load] and
// may be used by many goroutines.
type Questionnaire struct {
	ID      string // "innovationsbarometer", the same for all waves
	Version string // of the definition; a published version is never changed
	Wave    string // "2025"
	Title   i18n.Text
	Intro   i18n.Text // what the respondent needs to know before starting
	Period  i18n.Text // the time the questions are about, {period} in wordings
	Asked   i18n.Text // who is asked an item without a route, in words

	Conditions []Condition
	Pages      []Page

	// Hash is the SHA-256 in hex of everything above: wordings, codes,
	// numbers and routes, but not the comments or layout of the file.
	Hash string

	items      []*Item // in the order asked
	names      map[string]binding
	pages      map[string]int
	conditions [][]int // per condition, the positions of the items it reads
	columns    []column
}

// binding is what a name in an expression stands for.
type binding struct {
	item      int    // position in items
	row       string // of a matrix, "" otherwise
	condition int    // position in Conditions, -1 for an item
}

// Condition is a named route: INNOV, whom half the questionnaire is for.
type Condition struct {
	Name   string
	When   expr.Expr
	Short  i18n.Text // label of its column in the wave
	Phrase i18n.Text // what it says, as a clause: "the workplace …"
	Asked  i18n.Text // the units it holds for: "workplaces that …"
}

// Kind is the type of an item.
type Kind string

const (
	Single      Kind = "single"       // one option
	Multiple    Kind = "multiple"     // any number of options, up to Max
	Matrix      Kind = "matrix"       // one option per row
	MatrixMulti Kind = "matrix_multi" // any number of options per row
	Ranking     Kind = "ranking"      // options in order: all of them, or the first Max
	Number      Kind = "number"       // a number with up to Decimals decimals
	Share       Kind = "share"        // per cent per row, 100 in all
	Date        Kind = "date"         // a day
	Month       Kind = "month"        // a month of a year
	Line        Kind = "line"         // one line of text up to MaxLength characters
	Text        Kind = "text"         // free text up to MaxLength characters
)

// HasRows reports whether an item of kind k asks about several rows.
func (k Kind) HasRows() bool { return k == Matrix || k == MatrixMulti || k == Share }

// Several reports whether more than one option may be chosen at a time.
func (k Kind) Several() bool { return k == Multiple || k == MatrixMulti }

// Chosen reports whether an item of kind k is answered by choosing among its
// options. The others are answered by writing; their options stand beside the
// field, for those who do not know or do not wish to answer.
func (k Kind) Chosen() bool {
	return k == Single || k == Multiple || k == Matrix || k == MatrixMulti || k == Ranking
}

// Beside reports whether options stand beside the fields of an item of kind k,
// not among the answers.
func (k Kind) Beside() bool { return k == Ranking || !k.Chosen() }

// Written reports whether the answer is a text, which never enters the data.
func (k Kind) Written() bool { return k == Line || k == Text }

// Dated reports whether the answer is a day or a month.
func (k Kind) Dated() bool { return k == Date || k == Month }

// Option is one possible answer, or one row of a matrix or share.
type Option struct {
	Code        string    // stable identifier, unique in the item
	Number      int       // stable number for data files
	Label       i18n.Text // as offered
	Short       i18n.Text // in tables and figures; Label where the file has no other
	Exclusive   bool      // chosen alone: "none", "don't know"
	DontKnow    bool      // an answer, but not a substantive one
	Refused     bool      // the respondent declines to answer
	NotRelevant bool      // the respondent says that the question does not apply
	Specify     int       // most characters of a text that goes with it, 0 = none: "other, namely"
	Relevant    expr.Expr // when the option or row is offered; nil = always

	piped bool // earlier answers stand in its label
}

// Substantive reports whether choosing the option answers the question.
func (o Option) Substantive() bool { return !o.DontKnow && !o.Refused && !o.NotRelevant }

// Item is one question.
type Item struct {
	ID        string // "C4": frozen across waves, changed wording means a new id
	Kind      Kind
	Short     i18n.Text // label of its column in the wave
	Label     i18n.Text // the question as put, with places for earlier answers (see [RoutedItem])
	Hint      i18n.Text
	Options   []Option
	Rows      []Option  // of a matrix or share
	Relevant  expr.Expr // route: when the item is asked; nil = always
	Asked     i18n.Text // the route in words, for notes under figures
	Required  bool
	Max       int // most options in a multiple answer, 0 = no limit; how many are ranked, 0 = all
	MaxLength int // characters of a text

	Decimals int       // most decimals of a number or share
	Unit     i18n.Text // of a number, may be empty
	Bounds   Bounds    // an answer outside is refused
	Usual    Bounds    // an answer outside has to be confirmed
	Checks   []Check   // also the one that Usual stands for

	piped    bool  // earlier answers stand in its wording or that of its options or rows
	position int   // among all items, in the order asked
	reads    []int // positions of the items that its routes read
}

// Bounds are the least and greatest value of a number, date or month, as
// [Answer.Value] writes them; "" where there is none.
type Bounds struct{ Low, High string }

// Check is something that an answer should not be, seen beside the answers
// before it.
type Check struct {
	ID      string    // unique in the item
	When    expr.Expr // it is wrong where this is known to hold
	Hard    bool      // it must be put right; otherwise it may be confirmed
	Message i18n.Text // for the respondent
}

// Note is a remark on a page, shown to those it concerns.
type Note struct {
	Text     i18n.Text // read it with [Blocks]
	Relevant expr.Expr // nil = always
	After    int       // items of the page that stand before it; 0 at the top
}

// Page is a set of items shown together, and an optional definition before them.
type Page struct {
	ID    string
	Title i18n.Text
	Intro i18n.Text // read it with [Blocks]
	Notes []Note
	Items []*Item
}

// Item returns the item with the given id.
func (q *Questionnaire) Item(id string) (*Item, bool) {
	b, ok := q.names[id]
	if !ok || b.condition >= 0 || b.row != "" {
		return nil, false
	}
	return q.items[b.item], true
}

// Items returns all items in the order they are asked. The caller must not
// change the slice.
func (q *Questionnaire) Items() []*Item { return q.items }

// Page returns the page with the given id, whole: with every item on it,
// whatever the route.
func (q *Questionnaire) Page(id string) (*Page, bool) {
	i, ok := q.pages[id]
	if !ok {
		return nil, false
	}
	return &q.Pages[i], true
}

func find(options []Option, code string) (Option, bool) {
	if i := indexOf(options, code); i >= 0 {
		return options[i], true
	}
	return Option{}, false
}

// indexOf is the place of a code among the options, -1 when it is not there.
func indexOf(options []Option, code string) int {
	for i := range options {
		if options[i].Code == code {
			return i
		}
	}
	return -1
}
