package regress

import "barometer/analysis/internal/gram"

// view is up to gram.Rows rows of the design matrix, column by column.
type view struct {
	s        *solver
	x        [][]float64
	copied   [][]float64 // of rows that do not follow one another
	scaled   [][]float64 // x times slope
	eta      []float64   // the linear predictor
	residual []float64
	slope    []float64
}

func (s *solver) newView() *view {
	columns := func() [][]float64 {
		list := make([][]float64, len(s.columns))
		for j := range list {
			list[j] = make([]float64, gram.Rows)
		}
		return list
	}
	row := func() []float64 { return make([]float64, gram.Rows) }
	return &view{s: s, x: make([][]float64, len(s.columns)), copied: columns(), scaled: columns(), eta: row(), residual: row(), slope: row()}
}

// of sets the view to some rows.
func (v *view) of(rows []int32) {
	n := len(rows)
	first, last := int(rows[0]), int(rows[n-1])
	for j, column := range v.s.columns {
		if last-first == n-1 {
			v.x[j] = column[first : last+1]
			continue
		}
		v.x[j] = v.copied[j][:n]
		for i, row := range rows {
			v.x[j][i] = column[row]
		}
	}
	v.eta, v.residual, v.slope = v.eta[:n], v.residual[:n], v.slope[:n]
	gram.Combine(v.eta, v.s.beta, v.x)
}

// scale multiplies the columns by the slope.
func (v *view) scale() {
	for j, x := range v.x {
		into := v.scaled[j][:len(x)]
		v.scaled[j] = into
		for i, slope := range v.slope {
			into[i] = x[i] * slope
		}
	}
}
