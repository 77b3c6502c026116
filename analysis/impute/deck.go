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
	d.count()
	if err := d.deal(); err != nil {
		return nil, err
	}
	d.chosen, err = d.draw(0, in.weight)
	return d, err
}

func (d *Deck) count() {
	for _, c := range d.variables {
		n := Count{Variable: c.Name}
		for row, w := range d.weight {
			switch {
			case w == 0:
			case !c.Missing(row):
				n.Answered++
			case lacks(c, row):
				n.Imputed++
			default:
				n.NotAsked++
			}
		}
		d.Counts = append(d.Counts, n)
	}
}

// deal puts each donor into its class and all wider ones, by value, and gives
// each recipient the class it draws from.
func (d *Deck) deal() error {
	var used, donors []int32
	for row, w := range d.weight {
		if w == 0 {
			continue
		}
		used = append(used, int32(row))
		switch d.role(row) {
		case donor:
			donors = append(donors, int32(row))
		case recipient:
			d.recipients = append(d.recipients, int32(row))
		}
	}
	slices.SortFunc(donors, d.byValue)
	var of []int32
	d.tree, of = classify(d.classes, used, d.data.Rows())
	for _, row := range donors {
		for at := of[row]; at >= 0; at = d.tree[at].parent {
			d.tree[at].donors = append(d.tree[at].donors, row)
		}
	}
	needs := make(map[int32]int) // recipients of each finest class
	for _, row := range d.recipients {
		needs[of[row]]++
	}
	from, err := d.borrow(needs)
	if err != nil {
		return err
	}
	for _, row := range d.recipients {
		d.pool = append(d.pool, from[of[row]])
	}
	return nil
}

// byValue orders donors by their values, the first variable first, and units of
// equal values by their keys, so that the order of rows plays no part.
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
	return cmp.Or(cmp.Compare(d.hashes[a], d.hashes[b]), strings.Compare(d.unit[a], d.unit[b]))
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
