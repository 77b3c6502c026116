package estimate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"barometer/analysis/variance"
)

// resolveStages numbers strata and units stage by stage and checks the
// population counts.
func (s *Sample) resolveStages(cols *designColumns) error {
	stages := 1
	if len(cols.fpc) > 0 {
		stages = max(1, min(len(cols.ids), len(cols.fpc)+1))
	}
	if err := s.checkPresent(cols, stages); err != nil {
		return err
	}
	if err := checkNesting(cols, s.in); err != nil {
		return err
	}
	var parent []int32 // unit of the stage before, by row
	for i := range stages {
		b := stageBuilder{cols: cols, stage: i, in: s.in, parent: parent}
		if i > 0 {
			b.before = &s.Design.Stages[i-1]
		}
		stage, units, err := b.build()
		if err != nil {
			return err
		}
		s.Design.Stages = append(s.Design.Stages, stage)
		parent = units
	}
	s.leaf = parent
	s.traceToFirst()
	s.dropTrivialUnits()
	return nil
}

// traceToFirst notes the stage-1 unit of every last-stage unit.
func (s *Sample) traceToFirst() {
	stages := s.Design.Stages
	if len(stages) == 1 {
		return
	}
	s.psu = slices.Clone(stages[len(stages)-1].Parent)
	for i := len(stages) - 2; i > 0; i-- {
		for leaf, unit := range s.psu {
			s.psu[leaf] = stages[i].Parent[unit]
		}
	}
}

// dropTrivialUnits makes rows their own units where each unit of a one-stage
// design has a single row.
func (s *Sample) dropTrivialUnits() {
	if s.leaf == nil || len(s.Design.Stages) > 1 {
		return
	}
	stage := &s.Design.Stages[0]
	inSample := 0
	for _, in := range s.in {
		if in {
			inSample++
		}
	}
	if inSample != len(stage.Stratum) {
		return
	}
	byRow := make([]int32, len(s.leaf))
	for row, unit := range s.leaf {
		byRow[row] = -1
		if unit >= 0 {
			byRow[row] = stage.Stratum[unit]
		}
	}
	stage.Stratum, s.leaf = byRow, nil
}

// checkPresent refuses a row of the sample without a design value.
func (s *Sample) checkPresent(cols *designColumns, stages int) error {
	codes := slices.Concat(cols.ids[:min(len(cols.ids), stages)], cols.strata[:min(len(cols.strata), stages)])
	var faults []string
	for _, c := range codes {
		if rows := s.rowsWhere(func(i int) bool { return c.codes[i] < 0 }); rows != "" {
			faults = append(faults, fmt.Sprintf("column %s, %s: the design value is missing", c.name, rows))
		}
	}
	for _, c := range cols.fpc[:min(len(cols.fpc), stages)] {
		if rows := s.rowsWhere(func(i int) bool { return math.IsNaN(c.values[i]) }); rows != "" {
			faults = append(faults, fmt.Sprintf("column %s, %s: the population count is missing", c.name, rows))
		}
	}
	if faults != nil {
		return refuse("missing_design_value", "%s", strings.Join(faults, "; "))
	}
	return nil
}

// rowsWhere names the rows of the sample for which a fault holds, the first few
// by number; "" if there are none.
func (s *Sample) rowsWhere(fault func(row int) bool) string {
	const most = 5
	var named []string
	n := 0
	for i, in := range s.in {
		if !in || !fault(i) {
			continue
		}
		if n++; n <= most {
			named = append(named, strconv.Itoa(i+1))
		}
	}
	switch {
	case n == 0:
		return ""
	case n > most:
		return fmt.Sprintf("rows %s and %d more", strings.Join(named, ", "), n-most)
	case n == 1:
		return "row " + named[0]
	}
	return "rows " + strings.Join(named, ", ")
}

// checkNesting refuses a stage-1 unit code found in two strata.
func checkNesting(cols *designColumns, in []bool) error {
	if cols.nest || len(cols.ids) == 0 || len(cols.strata) == 0 {
		return nil
	}
	ids, strata := cols.ids[0], cols.strata[0]
	home := make([]int32, len(ids.levels))
	for row, id := range ids.codes {
		if !in[row] {
			continue
		}
		h := strata.codes[row]
		if home[id] == 0 {
			home[id] = h + 1
		}
		if was := home[id] - 1; was != h {
			return refuse("not_nested", "unit %s of column %s is found in stratum %s and in stratum %s (row %d): set nest if codes are only unique within their stratum",
				ids.levels[id], ids.name, strata.levels[was], strata.levels[h], row+1)
		}
	}
	return nil
}

// stageBuilder resolves one stage.
type stageBuilder struct {
	cols   *designColumns
	stage  int
	in     []bool
	parent []int32 // unit of the stage before, by row; nil at stage 1
	before *variance.Stage

	strata    []int32 // by row
	stratumOf *numbering
	example   []int32 // a row of each unit of the stage before
}

func (b *stageBuilder) stratumCodes() (codes []int32, levels []string) {
	if b.stage < len(b.cols.strata) {
		c := b.cols.strata[b.stage]
		return c.codes, c.levels
	}
	return nil, []string{""}
}

// build returns the stage and the unit of each row; the units are nil where
// rows are their own.
func (b *stageBuilder) build() (variance.Stage, []int32, error) {
	b.numberStrata()
	b.findExamples()
	var stage variance.Stage
	var units []int32
	if b.stage < len(b.cols.ids) {
		units = b.numberUnits(&stage)
	} else {
		stage.Stratum = b.strata
	}
	b.describe(&stage)
	if err := b.count(&stage); err != nil {
		return stage, nil, err
	}
	return stage, units, nil
}

// numberStrata numbers the strata of the stage so that those of one parent
// stand together, in the order of their names.
func (b *stageBuilder) numberStrata() {
	codes, levels := b.stratumCodes()
	parents := 1
	if b.before != nil {
		parents = len(b.before.Stratum)
	}
	met := newNumbering(int64(parents) * int64(len(levels)))
	b.strata = make([]int32, len(b.in))
	for row := range b.strata {
		b.strata[row] = -1
		if b.in[row] {
			b.strata[row] = met.of(b.key(row, codes, len(levels)))
		}
	}
	b.stratumOf = &numbering{keys: slices.Sorted(slices.Values(met.keys))}
	rank := make([]int32, len(met.keys))
	for i, key := range met.keys {
		at, _ := slices.BinarySearch(b.stratumOf.keys, key)
		rank[i] = int32(at)
	}
	for row, h := range b.strata {
		if h >= 0 {
			b.strata[row] = rank[h]
		}
	}
}

func (b *stageBuilder) key(row int, codes []int32, levels int) int64 {
	key := int64(0)
	if b.parent != nil {
		key = int64(b.parent[row]) * int64(levels)
	}
	if codes != nil {
		key += int64(codes[row])
	}
	return key
}

// numberUnits numbers the units and returns that of each row.
func (b *stageBuilder) numberUnits(stage *variance.Stage) []int32 {
	ids := b.cols.ids[b.stage]
	met := newNumbering(int64(len(b.stratumOf.keys)) * int64(len(ids.levels)))
	units := make([]int32, len(b.in))
	for row := range units {
		units[row] = -1
		if !b.in[row] {
			continue
		}
		h := b.strata[row]
		u := met.of(int64(h)*int64(len(ids.levels)) + int64(ids.codes[row]))
		units[row] = u
		if int(u) == len(stage.Stratum) {
			stage.Stratum = append(stage.Stratum, h)
			if b.parent != nil {
				stage.Parent = append(stage.Parent, b.parent[row])
			}
		}
	}
	return units
}

// describe lists the strata with their names and parents and counts their units.
func (b *stageBuilder) describe(stage *variance.Stage) {
	_, levels := b.stratumCodes()
	stage.Strata = make([]variance.Stratum, len(b.stratumOf.keys))
	for h, key := range b.stratumOf.keys {
		name, parent := levels[key%int64(len(levels))], int32(-1)
		if b.before != nil {
			parent = int32(key / int64(len(levels)))
		}
		stage.Strata[h] = variance.Stratum{Name: name, Parent: parent, Factor: b.factor(parent), Population: math.Inf(1)}
	}
	for _, h := range stage.Stratum {
		if h >= 0 {
			stage.Strata[h].Units++
		}
	}
	for h := range stage.Strata {
		b.name(&stage.Strata[h])
	}
}

// factor is the product of the sampling fractions above a parent unit.
func (b *stageBuilder) factor(parent int32) float64 {
	if parent < 0 {
		return 1
	}
	above := b.before.Strata[b.before.Stratum[parent]]
	return above.Factor * float64(above.Units) / above.Population
}

// name makes sure that a message can point at the stratum.
func (b *stageBuilder) name(s *variance.Stratum) {
	switch {
	case s.Parent >= 0:
		unit := b.unitName(s.Parent)
		if s.Name != "" {
			s.Name += " "
		}
		s.Name += "within " + unit
	case s.Name == "":
		s.Name = "(the whole sample)"
	}
}

// unitName names a unit of the stage before by its code and stratum.
func (b *stageBuilder) unitName(unit int32) string {
	ids := b.cols.ids[b.stage-1]
	return b.before.Strata[b.before.Stratum[unit]].Name + " " + ids.name + " " + ids.levels[ids.codes[b.example[unit]]]
}

func (b *stageBuilder) findExamples() {
	if b.before == nil {
		return
	}
	b.example = make([]int32, len(b.before.Stratum))
	for row, unit := range b.parent {
		if unit >= 0 {
			b.example[unit] = int32(row)
		}
	}
}

// count takes the population counts of the strata and checks them.
func (b *stageBuilder) count(stage *variance.Stage) error {
	if b.stage >= len(b.cols.fpc) {
		return nil
	}
	fpc := b.cols.fpc[b.stage]
	for row, h := range b.strata {
		if h < 0 {
			continue
		}
		s := &stage.Strata[h]
		if math.IsInf(s.Population, 1) {
			s.Population = fpc.values[row]
		}
		if s.Population != fpc.values[row] {
			return refuse("bad_data", "column %s, row %d: population count %v in stratum %s, %v in the rows before",
				fpc.name, row+1, fpc.values[row], s.Name, s.Population)
		}
	}
	var faults []string
	for _, s := range stage.Strata {
		if s.Population < float64(s.Units) {
			faults = append(faults, fmt.Sprintf("stratum %s: population count %v is below the %d units sampled", s.Name, s.Population, s.Units))
		}
	}
	if faults != nil {
		return refuse("fpc_too_small", "column %s, %s", fpc.name, strings.Join(faults, "; "))
	}
	return nil
}
