package impute

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"barometer/internal/philox"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Deck is data made ready for imputation: who lacks an answer, who can give
// one, and which class each is in.
type Deck struct {
	Counts   []Count    // one per variable
	Borrowed []Borrowed // classes with too few donors of their own

	plan *Plan
	data *microdata.Data
	*input
	hashes []uint64 // of the units
	key    philox.Key
	tree   []class

	recipients []int32 // rows
	pool       []int32 // class each recipient draws from
	chosen     []int32 // donor of each recipient, all rows weighing as in the plan
}

// Count says what became of one variable among the rows in use.
type Count struct {
	Variable string `json:"variable"`
	Answered int    `json:"answered"`
	Imputed  int    `json:"imputed"`
	NotAsked int    `json:"not_asked"`
}

// New finds donors and recipients. A donor has a value for every variable of
// the plan, a recipient lacks one it was asked for. It refuses classes without
// a donor ([NoDonorError]).
func New(data *microdata.Data, plan Plan) (*Deck, error) {
	in, err := plan.read(data)
	if err != nil {
		return nil, err
	}
	d := &Deck{plan: &plan, data: data, input: in, hashes: make([]uint64, data.Rows())}
	d.key = philox.Seeded(plan.Seed ^ hash(strings.Join(plan.Variables, "\x00")))
	for row, unit := range in.unit {
		d.hashes[row] = hash(unit)
	}
	rows := d.used()
	d.count(rows)
	if err := d.deal(rows); err != nil {
		return nil, err
	}
	d.chosen, err = d.draw(0, in.weight)
	return d, err
}

// used returns the rows of positive weight, by unit.
func (d *Deck) used() []int32 {
	var rows []int32
	for row, w := range d.weight {
		if w > 0 {
			rows = append(rows, int32(row))
		}
	}
	slices.SortFunc(rows, func(a, b int32) int { return strings.Compare(d.unit[a], d.unit[b]) })
	return rows
}

func (d *Deck) count(rows []int32) {
	for _, c := range d.variables {
		n := Count{Variable: c.Name}
		for _, row := range rows {
			switch {
			case !c.Missing(int(row)):
				n.Answered++
			case lacks(c, int(row)):
				n.Imputed++
			default:
				n.NotAsked++
			}
		}
		d.Counts = append(d.Counts, n)
	}
}

// deal puts each donor into its class and all wider ones, and gives each
// recipient the class it draws from.
func (d *Deck) deal(rows []int32) error {
	tree, of := classify(d.classes, rows, d.data.Rows())
	d.tree = tree
	recipients := make(map[int32]int) // of each finest class
	for _, row := range rows {
		switch d.role(int(row)) {
		case donor:
			for at := of[row]; at >= 0; at = tree[at].parent {
				tree[at].donors = append(tree[at].donors, row)
			}
		case recipient:
			recipients[of[row]]++
			d.recipients = append(d.recipients, row)
		}
	}
	for i := range tree {
		slices.SortStableFunc(tree[i].donors, d.byValue)
	}
	from, err := d.borrow(recipients)
	if err != nil {
		return err
	}
	for _, row := range d.recipients {
		d.pool = append(d.pool, from[of[row]])
	}
	return nil
}

// byValue orders donors by their values, the first variable first; units of
// equal values stay in the order of their keys.
func (d *Deck) byValue(a, b int32) int {
	for _, c := range d.variables {
		var order int
		if c.IsNumeric() {
			order = cmp.Compare(c.Number[a], c.Number[b])
		} else {
			order = cmp.Compare(c.Code[a], c.Code[b])
		}
		if order != 0 {
			return order
		}
	}
	return 0
}

type role int

const (
	bystander role = iota // lacks nothing it was asked for, but was not asked everything
	donor
	recipient
)

func (d *Deck) role(row int) role {
	r := donor
	for _, c := range d.variables {
		if lacks(c, row) {
			return recipient
		}
		if c.Missing(row) {
			r = bystander
		}
	}
	return r
}

// Flag returns the name of the column that says which values of a variable
// are imputed.
func Flag(variable string) string { return variable + "_imputed" }

// Describe returns the codebook's entry for the flag column of a variable.
func Describe(v codebook.Variable) codebook.Variable {
	flag := codebook.Variable{Name: Flag(v.Name), Kind: codebook.Binary, Role: v.Role, Item: v.Item}
	flag.Label.DA = v.Label.DA + ": svaret er imputeret"
	flag.Label.EN = v.Label.EN + ": the answer is imputed"
	return flag
}

// hash is FNV-1a, 64 bits. Two units of one hash would share random numbers,
// which does no harm.
func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
