package weighting

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"barometer/survey/microdata"
	"barometer/weighting/calibration"
	"barometer/weighting/design"
	"barometer/weighting/margin"
)

// equations are totals for a sample to meet, in the numbers the solver takes
// and the names a message needs.
type equations struct {
	problem calibration.Problem
	rows    []int32 // the data's row of each of the problem's; nil = all, in order
	aux     []design.Auxiliary
	names   []string
}

// equate sets up the totals of the margins for the rows of positive weight.
// When covering, every such row must have a level in every margin.
func equate(data *microdata.Data, w []float64, margins []margin.Margin, covering bool) (*equations, error) {
	if err := checkMargins(margins); err != nil {
		return nil, err
	}
	e := &equations{}
	e.sample(w)
	if err := e.add(data, margins, covering); err != nil {
		return nil, err
	}
	if err := e.checkCarried(covering); err != nil {
		return nil, err
	}
	return e, e.checkCoveringSums(margins)
}

func checkMargins(margins []margin.Margin) error {
	if len(margins) == 0 {
		return failf(BadCase, "there are no totals to meet")
	}
	var faults []string
	for _, m := range margins {
		faults = append(faults, m.Faults()...)
	}
	if len(faults) > 0 {
		return failf(MarginsInconsistent, "%s", strings.Join(faults, "; "))
	}
	return nil
}

// sample picks the rows that take part.
func (e *equations) sample(w []float64) {
	if !slices.Contains(w, 0) {
		e.problem.Weights = w
		return
	}
	for i, x := range w {
		if x > 0 {
			e.rows = append(e.rows, int32(i))
			e.problem.Weights = append(e.problem.Weights, x)
		}
	}
}

func (e *equations) row(k int) int {
	if e.rows == nil {
		return k
	}
	return int(e.rows[k])
}

// add appends the constraints of every margin, each as a block. The blocks are
// read side by side.
func (e *equations) add(data *microdata.Data, margins []margin.Margin, covering bool) error {
	blocks := make([]calibration.Block, len(margins))
	faults := make([]error, len(margins))
	var reading errgroup.Group
	reading.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range margins {
		first := int32(len(e.names))
		for _, t := range m.Totals {
			e.names = append(e.names, constraintName(m, t))
			e.problem.Totals = append(e.problem.Totals, t.Total)
		}
		e.aux = append(e.aux, m.Auxiliaries()...)
		reading.Go(func() error {
			blocks[i], faults[i] = e.block(data, m, first, covering)
			return nil
		})
	}
	_ = reading.Wait() // the faults are in order of the margins
	for _, err := range faults {
		if err != nil {
			return err
		}
	}
	e.problem.Blocks = blocks
	return nil
}

// block reads which of a margin's constraints, numbered from first, each row
// belongs to, and its value.
func (e *equations) block(data *microdata.Data, m margin.Margin, first int32, covering bool) (calibration.Block, error) {
	var block calibration.Block
	look, err := newLookup(data, m, first)
	if err != nil {
		return block, err
	}
	if block.Constraint, err = look.constraints(e); err != nil {
		return block, err
	}
	if covering {
		if k := slices.Index(block.Constraint, -1); k >= 0 {
			return block, failf(MarginsInconsistent, "margin %s has no total for %s, where the sample has units (row %d)",
				m.Label(), look.label(e.row(k)), e.row(k)+1)
		}
	}
	if m.Value != "" {
		block.Value, err = e.values(data, m.Value, block.Constraint)
	}
	return block, err
}

func constraintName(m margin.Margin, t margin.Total) string {
	switch {
	case m.Value == "":
		return m.LevelLabel(t)
	case len(m.Columns) == 0:
		return "sum of " + m.Value
	}
	return "sum of " + m.Value + " where " + m.LevelLabel(t)
}

// values reads a numeric auxiliary variable. Only rows that belong to one of
// its constraints need a value.
func (e *equations) values(data *microdata.Data, name string, constraint []int32) ([]float64, error) {
	c, err := data.Column(name)
	if err != nil {
		return nil, failf(BadData, "%v", err)
	}
	v, ok := c.Values()
	if !ok {
		return nil, failf(BadData, "column %s holds text, and a total is set for its sum", name)
	}
	all := v // values of rows in no constraint are not looked at
	if e.rows != nil {
		v = make([]float64, len(constraint))
		for k, row := range e.rows {
			v[k] = all[row]
		}
	}
	for k := range v {
		if constraint[k] < 0 {
			continue
		}
		if math.IsNaN(v[k]) || math.IsInf(v[k], 0) {
			return nil, failf(MissingDesignValue, "column %s has no finite value in row %d, and a total is set for its sum", name, e.row(k)+1)
		}
	}
	return v, nil
}

// lookup finds the constraint of a row from its levels in a margin's columns.
type lookup struct {
	columns []*levels
	table   map[int64]int32 // code of a combination of levels → constraint
	direct  []int32         // the table as an array, where it is short; -1 = none
}

func newLookup(data *microdata.Data, m margin.Margin, first int32) (*lookup, error) {
	l := &lookup{table: map[int64]int32{}}
	size := int64(1)
	for _, name := range m.Columns {
		c, err := levelsOf(data, name)
		if err != nil {
			return nil, err
		}
		l.columns = append(l.columns, c)
		size = min(size*int64(len(c.labels)), math.MaxInt32)
	}
	for i, t := range m.Totals {
		if code, found := l.encode(t.Level); found {
			l.table[code] = first + int32(i)
		}
	}
	if size <= 1<<20 {
		l.direct = make([]int32, size)
		for code := range l.direct {
			l.direct[code] = -1
		}
		for code, j := range l.table {
			l.direct[code] = j
		}
	}
	return l, nil
}

// encode returns the code of a combination of levels, if the data know them.
func (l *lookup) encode(level []string) (code int64, found bool) {
	for k, c := range l.columns {
		at := c.find(level[k])
		if at < 0 {
			return 0, false
		}
		code = code*int64(len(c.labels)) + int64(at)
	}
	return code, true
}

// find returns the position of a level, -1 when the column does not have it.
// Numbers match however they are written.
func (l *levels) find(label string) int {
	if at := slices.Index(l.labels, label); at >= 0 {
		return at
	}
	if x, err := strconv.ParseFloat(label, 64); err == nil && l.numeric {
		return slices.Index(l.labels, strconv.FormatFloat(x, 'f', -1, 64))
	}
	return -1
}

// constraints returns the constraint of every row of the equations, -1 = none.
func (l *lookup) constraints(e *equations) ([]int32, error) {
	out := make([]int32, len(e.problem.Weights))
	for k := range out {
		row, code := e.row(k), int64(0)
		for _, c := range l.columns {
			if c.code[row] < 0 {
				return nil, failf(MissingDesignValue, "column %s has no value in row %d, and totals are set by it", c.name, row+1)
			}
			code = code*int64(len(c.labels)) + int64(c.code[row])
		}
		out[k] = l.find(code)
	}
	return out, nil
}

func (l *lookup) find(code int64) int32 {
	if l.direct != nil {
		return l.direct[code]
	}
	if j, ok := l.table[code]; ok {
		return j
	}
	return -1
}

// constraint returns the constraint of one row, -1 = none.
func (l *lookup) constraint(row int) int32 {
	var code int64
	for _, c := range l.columns {
		if c.code[row] < 0 {
			return -1
		}
		code = code*int64(len(c.labels)) + int64(c.code[row])
	}
	return l.find(code)
}

// label names the levels of a row.
func (l *lookup) label(row int) string {
	parts := make([]string, len(l.columns))
	for k, c := range l.columns {
		parts[k] = c.name + "=" + c.labels[c.code[row]]
	}
	return strings.Join(parts, ", ")
}

// checkCarried refuses totals that no sampled unit carries, and counts of 0
// where there are sampled units.
func (e *equations) checkCarried(covering bool) error {
	units := make([]int, len(e.names))
	for _, b := range e.problem.Blocks {
		for k, c := range b.Constraint {
			if c >= 0 && (b.Value == nil || b.Value[k] != 0) {
				units[c]++
			}
		}
	}
	var empty, void []string
	for j, total := range e.problem.Totals {
		switch {
		case units[j] == 0 && total != 0:
			empty = append(empty, fmt.Sprintf("%s (total %.10g)", e.names[j], total))
		case covering && units[j] > 0 && total == 0:
			void = append(void, fmt.Sprintf("%s (%d units)", e.names[j], units[j]))
		}
	}
	if len(empty) > 0 {
		return failf(CellEmpty, "no unit of the sample can carry the total of %s: join the level with another, in margin and data alike", listFew(empty))
	}
	if len(void) > 0 {
		return failf(MarginsInconsistent, "the total is 0 but the sample has units at %s", listFew(void))
	}
	return nil
}

// checkCoveringSums compares the sums of those counting margins that have a
// level for every sampled unit: all count the same population.
func (e *equations) checkCoveringSums(margins []margin.Margin) error {
	var covering []margin.Margin
	for i, m := range margins {
		if !slices.Contains(e.problem.Blocks[i].Constraint, -1) {
			covering = append(covering, m)
		}
	}
	if d := margin.Disagreements(covering); len(d) > 0 {
		return failf(MarginsInconsistent, "%s", strings.Join(d, "; "))
	}
	return nil
}

// solve finds the weights that meet the totals.
func (e *equations) solve(w []float64, dist calibration.Distance, tolerance float64, maxIter int) (*Outcome, error) {
	e.problem.Distance, e.problem.Tolerance, e.problem.MaxIter = dist, tolerance, maxIter
	sol, err := calibration.Solve(e.problem)
	if err != nil {
		return nil, e.explain(err)
	}
	out := e.outcome(w, sol)
	out.multipliers = sol.Lambda
	return out, nil
}

func (e *equations) outcome(w []float64, sol *calibration.Solution) *Outcome {
	out := &Outcome{Weights: make([]float64, len(w))}
	solver := &SolverReport{Iterations: sol.Iterations, Deviation: sol.Deviation, MinFactor: math.Inf(1), MaxFactor: math.Inf(-1)}
	held := e.heldAtBound()
	for k, g := range sol.Factor {
		out.Weights[e.row(k)] = w[e.row(k)] * g
		solver.MinFactor, solver.MaxFactor = math.Min(solver.MinFactor, g), math.Max(solver.MaxFactor, g)
		if held(g, e.problem.Weights[k]) {
			solver.AtBounds++
		}
	}
	solver.Worst = e.worst(sol.Achieved)
	out.Report.Solver = solver
	for _, j := range sol.Independent {
		out.Auxiliary = append(out.Auxiliary, e.aux[j])
	}
	for j := range e.names {
		out.Report.Constraints = append(out.Report.Constraints, ConstraintReport{
			Name: e.names[j], Total: e.problem.Totals[j], Before: sol.Before[j], After: sol.Achieved[j],
			Redundant: !slices.Contains(sol.Independent, j),
		})
	}
	return out
}

// heldAtBound returns the test whether a bound holds a unit of weight d.
func (e *equations) heldAtBound() func(g, d float64) bool {
	switch dist := e.problem.Distance.(type) {
	case calibration.BoundedLinear:
		return func(g, _ float64) bool { return g == dist.Low || g == dist.High }
	case calibration.BoundedRaking:
		return func(g, _ float64) bool { return g == dist.Low || g == dist.High }
	case calibration.Within:
		return func(g, d float64) bool { return g == dist.Low/d || g == dist.High/d }
	}
	return func(float64, float64) bool { return false }
}

// worst names the constraint furthest from its total.
func (e *equations) worst(achieved []float64) string {
	name, most := "", -1.0
	for j, total := range e.problem.Totals {
		if off := math.Abs(achieved[j]-total) / (1 + math.Abs(total)); off > most {
			name, most = e.names[j], off
		}
	}
	return name
}
