package impute

import (
	"fmt"
	"slices"
	"strings"

	"barometer/survey/microdata"
)

// class is a set of rows that agree on some of the class columns. Classes form
// a tree: the root is the whole sample, each further column divides.
type class struct {
	parent int32
	depth  int    // number of columns it agrees on
	name   string // "sector=state, size=20-49"
	hash   uint64 // of the name
	donors []int32
}

// classify builds the tree over the rows in use and returns the finest class of
// each row. Classes of one name are one, whatever the order of rows.
func classify(columns []*microdata.Column, rows []int32, total int) (tree []class, of []int32) {
	type branch struct {
		parent int32
		code   int32
	}
	tree = []class{{parent: -1, name: "the whole sample"}}
	of = make([]int32, total)
	for depth, c := range columns {
		number := make(map[branch]int32)
		for _, row := range rows {
			b := branch{of[row], c.Code[row]}
			at, ok := number[b]
			if !ok {
				at = int32(len(tree))
				number[b] = at
				tree = append(tree, class{parent: b.parent, depth: depth + 1, name: tree[b.parent].divide(c, row)})
			}
			of[row] = at
		}
	}
	for i := range tree {
		tree[i].hash = hash(tree[i].name)
	}
	return tree, of
}

func (c *class) divide(column *microdata.Column, row int32) string {
	level := column.Name + " missing"
	if column.Code[row] >= 0 {
		level = column.Name + "=" + column.Levels[column.Code[row]]
	}
	if c.depth == 0 {
		return level
	}
	return c.name + ", " + level
}

// Borrowed is a class whose recipients take their answers from a wider one.
type Borrowed struct {
	Class      string `json:"class"`
	Recipients int    `json:"recipients"`
	Donors     int    `json:"donors"` // too few
	From       string `json:"from"`
	FromDonors int    `json:"from_donors"`
}

// String describes the loan in one line.
func (b Borrowed) String() string {
	return fmt.Sprintf("%s (%d recipients, %d donors) takes donors from %s (%d donors)", b.Class, b.Recipients, b.Donors, b.From, b.FromDonors)
}

// NoDonorError says that classes hold recipients but nobody to give.
type NoDonorError struct {
	Variables []string
	Classes   []string // with their numbers of recipients
}

func (e *NoDonorError) Error() string {
	return fmt.Sprintf("imputation of %s: no donor in %s; give up a column of within, or leave these answers missing",
		strings.Join(e.Variables, ", "), strings.Join(e.Classes, "; "))
}

// borrow finds for each finest class the narrowest class with enough donors,
// and where none has enough, the widest allowed.
func (d *Deck) borrow(recipients map[int32]int) (from map[int32]int32, err error) {
	from = make(map[int32]int32, len(recipients))
	none := &NoDonorError{Variables: d.plan.Variables}
	for start, count := range recipients {
		at := start
		for len(d.tree[at].donors) < max(d.plan.MinDonors, 1) && d.tree[at].depth > len(d.plan.Within) {
			at = d.tree[at].parent
		}
		if len(d.tree[at].donors) == 0 {
			none.Classes = append(none.Classes, fmt.Sprintf("%s (%d recipients)", d.tree[at].name, count))
		}
		if from[start] = at; at != start {
			d.Borrowed = append(d.Borrowed, Borrowed{Class: d.tree[start].name, Recipients: count,
				Donors: len(d.tree[start].donors), From: d.tree[at].name, FromDonors: len(d.tree[at].donors)})
		}
	}
	slices.SortFunc(d.Borrowed, func(a, b Borrowed) int { return strings.Compare(a.Class, b.Class) })
	if len(none.Classes) > 0 {
		slices.Sort(none.Classes)
		return nil, none
	}
	return from, nil
}
