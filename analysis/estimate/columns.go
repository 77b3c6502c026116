package estimate

import (
	"context"
	"slices"

	"barometer/weighting/design"
)

// numberColumn is a whole column of numbers.
type numberColumn struct {
	name   string
	values []float64
}

// codeColumn is a whole column of categories.
type codeColumn struct {
	name   string
	codes  []int32
	levels []string
}

// designColumns are the columns a design.Spec names, read whole.
type designColumns struct {
	rows   int
	ids    []*codeColumn
	strata []*codeColumn
	fpc    []*numberColumn
	weight *numberColumn // nil: product of counts
	nest   bool

	before     []*numberColumn
	auxiliary  [][]design.Auxiliary
	categories map[string]*codeColumn   // of the calibration variables
	numbers    map[string]*numberColumn // of the calibration variables
}

// readDesign reads everything a specification names in one scan.
func readDesign(ctx context.Context, src Source, spec design.Spec) (*designColumns, error) {
	r := newReader(src)
	d := &designColumns{rows: src.Rows(), nest: spec.Nest,
		categories: make(map[string]*codeColumn), numbers: make(map[string]*numberColumn)}
	if d.rows == 0 {
		return nil, refuse("bad_data", "the data have no rows")
	}
	for _, name := range spec.IDs {
		d.ids = append(d.ids, r.category(name))
	}
	for _, name := range spec.Strata {
		d.strata = append(d.strata, r.category(name))
	}
	for _, name := range spec.FPC {
		d.fpc = append(d.fpc, r.number(name))
	}
	if spec.Weight != "" {
		d.weight = r.number(spec.Weight)
	}
	for _, a := range spec.Adjustments {
		d.before = append(d.before, r.number(a.Before))
		d.auxiliary = append(d.auxiliary, a.Auxiliary)
		for _, x := range a.Auxiliary {
			for _, l := range x.Where {
				d.categories[l.Column] = r.category(l.Column)
			}
			if x.Value != "" {
				d.numbers[x.Value] = r.number(x.Value)
			}
		}
	}
	return d, r.read(ctx)
}

// reader collects columns to read whole, each once.
type reader struct {
	src        Source
	columns    []Column
	categories map[string]*codeColumn
	numbers    map[string]*numberColumn
}

func newReader(src Source) *reader {
	return &reader{src: src, categories: make(map[string]*codeColumn), numbers: make(map[string]*numberColumn)}
}

func (r *reader) category(name string) *codeColumn {
	if c, ok := r.categories[name]; ok {
		return c
	}
	c := &codeColumn{name: name}
	r.categories[name] = c
	r.columns = append(r.columns, Column{name, Category})
	return c
}

func (r *reader) number(name string) *numberColumn {
	if c, ok := r.numbers[name]; ok {
		return c
	}
	c := &numberColumn{name: name}
	r.numbers[name] = c
	r.columns = append(r.columns, Column{name, Number})
	return c
}

// read fills the columns asked for.
func (r *reader) read(ctx context.Context) error {
	if len(r.columns) == 0 {
		return nil
	}
	rows := r.src.Rows()
	for name, c := range r.categories {
		c.codes = make([]int32, rows)
		levels, err := r.src.Levels(ctx, name)
		if err != nil {
			return err
		}
		c.levels = levels
	}
	for _, c := range r.numbers {
		c.values = make([]float64, rows)
	}
	columns := slices.Clone(r.columns)
	return r.src.Scan(ctx, columns, func(_ int, chunk *Chunk) error {
		for i, col := range columns {
			if col.As == Category {
				copy(r.categories[col.Name].codes[chunk.Start:], chunk.Columns[i].Code)
				continue
			}
			chunk.Columns[i].numbersInto(r.numbers[col.Name].values[chunk.Start : chunk.Start+chunk.Rows])
		}
		return nil
	})
}
