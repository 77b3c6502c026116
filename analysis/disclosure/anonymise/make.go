package anonymise

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"

	"barometer/internal/i18n"
	"barometer/survey/codebook"
	"barometer/survey/microdata"
)

// Make anonymises a wave under a policy. weights is the result of the
// weighting: one row per unit with its final weight, variance stratum and the
// stratum's count of workplaces. The seed decides record ids and the order of
// records; it must stay secret, and stay the same while only texts of a
// release change.
func Make(w *microdata.Wave, weights *microdata.Data, p Policy, seed uint64) (*File, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	records, classes, err := respondents(w, weights)
	if err != nil {
		return nil, err
	}
	if len(records) < p.K {
		return nil, fmt.Errorf("anonymise: wave %s has %d respondents, fewer than %d", w.ID, len(records), p.K)
	}
	if err := addSensitive(records, w, p.Sensitive); err != nil {
		return nil, err
	}
	before := backgrounds(records)
	l := &ladder{policy: p, book: w.Codebook}
	if err := l.run(records); err != nil {
		return nil, err
	}
	design := pseudoDesign(records, classes, p)
	out := &builder{wave: w, policy: p, order: shuffle(len(records), p.Name+" file "+w.ID, seed), records: records}
	out.background(l)
	out.design(design)
	out.answers()
	f, err := out.file(l, design)
	if err != nil {
		return nil, err
	}
	f.Report.Risk = assessRisk(records, before, p)
	f.Report.Loss = backgroundLoss(records, before, design)
	f.Replicates, err = replicates(f.Data, p.Replicates, seed)
	return f, err
}

// shuffled is an order of records and the random id each of them gets.
type shuffled struct {
	id  []string // sorted
	row []int    // position in the records of the id at the same place
}

// idLetters has no vowels and no letters or digits that look alike, and an id
// begins with a letter: no spreadsheet takes one for a number or a word.
const (
	idLetters = "bcdfghjkmnpqrstvwxz23456789"
	idLength  = 7
)

func shuffle(n int, file string, seed uint64) shuffled {
	key := sha256.Sum256(binary.LittleEndian.AppendUint64([]byte(file+" "), seed))
	random := rand.New(rand.NewChaCha8(key))
	taken := make(map[string]bool, n)
	s := shuffled{row: random.Perm(n)}
	for len(s.id) < n {
		id := []byte("r")
		for range idLength {
			id = append(id, idLetters[random.IntN(len(idLetters))])
		}
		if !taken[string(id)] {
			taken[string(id)] = true
			s.id = append(s.id, string(id))
		}
	}
	sort.Strings(s.id)
	return s
}

// builder collects the columns of a file and their description.
type builder struct {
	wave    *microdata.Wave
	policy  Policy
	records []record
	order   shuffled

	variables []codebook.Variable
	columns   []microdata.Column
	leftOut   []codebook.Variable
	faults    []error
}

func (b *builder) add(v codebook.Variable, c microdata.Column) {
	c.Name = v.Name
	b.variables = append(b.variables, v)
	b.columns = append(b.columns, c)
}

// background adds the record id and the coarsened background variables.
func (b *builder) background(l *ladder) {
	ids := microdata.Column{Levels: b.order.id, Code: make([]int32, len(b.records))}
	for i := range ids.Code {
		ids.Code[i] = int32(i)
	}
	b.add(codebook.Variable{Name: ColumnRecord, Kind: codebook.Key, Role: codebook.RoleKey,
		Label: i18n.Text{DA: "Tilfældigt løbenummer, kun gyldigt i denne udgivelse", EN: "Random record id, valid in this release only"}}, ids)
	b.coded("sector", l.codes("sector"), func(r *record) string { return r.sector })
	b.coded("subsector", l.subsectors, func(r *record) string { return r.subsector })
	b.coded("size", l.sizes, func(r *record) string { return r.size })
	b.coded("region", l.regions, func(r *record) string { return r.region })
}

// coded adds a background variable under its published codes.
func (b *builder) coded(name string, codes []codebook.Code, value func(*record) string) {
	v, _ := b.wave.Codebook.Variable(name)
	v.Codes = codes
	position := make(map[string]int32, len(codes))
	var c microdata.Column
	for i, code := range codes {
		position[code.Value] = int32(i)
		c.Levels = append(c.Levels, code.Value)
	}
	for _, row := range b.order.row {
		c.Code = append(c.Code, position[value(&b.records[row])])
	}
	b.add(v, c)
}

// design adds weight and pseudo-design.
func (b *builder) design(d pseudo) {
	var weight, fpc []float64
	var stratum []string
	for _, row := range b.order.row {
		weight, fpc, stratum = append(weight, d.weight[row]), append(fpc, d.fpc[row]), append(stratum, d.stratum[row])
	}
	b.add(codebook.Variable{Name: ColumnWeight, Kind: codebook.Numeric, Role: codebook.RoleDesign, Unit: workplaces(),
		Label: i18n.Text{DA: "Vægt: så mange arbejdspladser svaret står for", EN: "Weight: how many workplaces the answer stands for"}},
		microdata.Numbers("", weight))
	v := codebook.Variable{Name: ColumnStratum, Kind: codebook.Categorical, Role: codebook.RoleDesign,
		Label: i18n.Text{DA: "Pseudostratum til beregning af usikkerhed", EN: "Pseudo-stratum for variance estimation"}}
	levels := levelsOf(stratum)
	for i, level := range levels {
		v.Codes = append(v.Codes, codebook.Code{Value: level, Number: i + 1,
			Label: i18n.Text{DA: "Pseudostratum " + level[1:], EN: "Pseudo-stratum " + level[1:]}})
	}
	c, err := microdata.Categories("", levels, stratum)
	b.faults = append(b.faults, err)
	b.add(v, c)
	b.add(codebook.Variable{Name: ColumnFPC, Kind: codebook.Numeric, Role: codebook.RoleDesign, Unit: workplaces(),
		Label: i18n.Text{DA: "Arbejdspladser i pseudostratummet (afrundet), til endelighedskorrektion", EN: "Workplaces in the pseudo-stratum (rounded), for the finite population correction"}},
		microdata.Numbers("", fpc))
}

// answers adds what the respondents answered, but for the items left out. A
// variable of any other role does not pass, and neither does an exact number.
func (b *builder) answers() {
	for _, v := range b.wave.Codebook.Variables {
		if v.Role != codebook.RoleAnswer {
			continue
		}
		if b.policy.leavesOut(v.Item) {
			b.leftOut = append(b.leftOut, v)
			continue
		}
		if v.Kind != codebook.Categorical && v.Kind != codebook.Binary {
			b.faults = append(b.faults, fmt.Errorf("anonymise: variable %s holds exact values: leave item %s out or code it in classes", v.Name, v.Item))
			continue
		}
		c, err := b.wave.Column(v.Name)
		if err != nil {
			b.faults = append(b.faults, err)
			continue
		}
		b.add(v, b.rows(c))
	}
}

// rows picks the records' values of a column in their new order.
func (b *builder) rows(c *microdata.Column) microdata.Column {
	picked := microdata.Column{Levels: c.Levels}
	for _, row := range b.order.row {
		from := b.records[row].row
		if c.IsNumeric() {
			picked.Number = append(picked.Number, c.Number[from])
		} else {
			picked.Code = append(picked.Code, c.Code[from])
		}
		if c.Reason != nil {
			picked.Reason = append(picked.Reason, c.Reason[from])
		}
	}
	return picked
}

func (b *builder) file(l *ladder, d pseudo) (*File, error) {
	if err := errors.Join(b.faults...); err != nil {
		return nil, err
	}
	data, err := microdata.New(b.columns...)
	if err != nil {
		return nil, err
	}
	return &File{Wave: b.wave.ID, Synthetic: b.wave.Synthetic, Data: data,
		Codebook: codebook.Codebook{Variables: b.variables},
		Report:   newReport(b, l, d)}, nil
}

func workplaces() i18n.Text { return i18n.Text{DA: "arbejdspladser", EN: "workplaces"} }

func levelsOf(values []string) []string {
	seen := make(map[string]bool)
	for _, v := range values {
		seen[v] = true
	}
	return sortedKeys(seen)
}
