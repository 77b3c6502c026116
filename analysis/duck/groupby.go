package duck

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"barometer/analysis/estimate"
)

// GroupBy is a Parquet file that sums by cell in SQL: the second
// implementation of the reduction, and the one that an engine elsewhere can
// run. DuckDB's variances and covariances are updated centred (Welford 1962),
// so that large means cost no digits here either. Thread count may change the
// last bits of its sums; the scan of [Parquet] is the one for publication.
type GroupBy struct{ *Parquet }

// Reduce sums items by stratum and domain with one GROUP BY.
func (g GroupBy) Reduce(ctx context.Context, q estimate.CellQuery) ([]estimate.CellSums, error) {
	if err := g.database(ctx); err != nil {
		return nil, g.named(err)
	}
	keys, err := g.keys(q)
	if err != nil {
		return nil, err
	}
	centres, err := g.centres(ctx, q)
	if err != nil {
		return nil, err
	}
	list := append([]string{}, keys...)
	for i, it := range q.Items {
		list = append(list, g.sums(it, q.Weight, centres[2*i], centres[2*i+1])...)
	}
	sql := "SELECT " + strings.Join(list, ", ") + " FROM " + g.table.from + " WHERE " + condition(q) + " GROUP BY ALL"
	r, err := g.session.query(ctx, sql)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.path, err)
	}
	defer r.close()
	var out []estimate.CellSums
	err = r.each(func(c chunk) error {
		out = append(out, cells(c, q, centres)...)
		return nil
	})
	return out, err
}

// keys are the columns that make cells, as the text that Levels gives.
func (g GroupBy) keys(q estimate.CellQuery) ([]string, error) {
	names := q.By
	if q.Stratum != "" {
		names = append([]string{q.Stratum}, names...)
	}
	var list []string
	for _, name := range names {
		c, err := g.table.column(name)
		if err != nil {
			return nil, &estimate.DataError{Column: name, Err: err}
		}
		list = append(list, c.levelSQL())
	}
	return list, nil
}

// levelSQL writes a column's value as a level: whole numbers without a point.
func (c tableColumn) levelSQL() string {
	name := c.identifier()
	switch _, number := c.readAs(); {
	case !number:
		return name + "::VARCHAR"
	case c.sqlType == "DOUBLE" || c.sqlType == "FLOAT" || strings.HasPrefix(c.sqlType, "DECIMAL"):
		return "regexp_replace(" + name + "::DOUBLE::VARCHAR, '\\.0$', '')"
	case c.sqlType == "BOOLEAN":
		return name + "::TINYINT::VARCHAR"
	}
	return name + "::VARCHAR"
}

// condition keeps rows of positive weight, with levels in all domain columns,
// and with the levels of Where.
func condition(q estimate.CellQuery) string {
	list := []string{identifier(q.Weight) + " > 0"}
	for _, name := range q.By {
		list = append(list, identifier(name)+" IS NOT NULL AND "+identifier(name)+"::VARCHAR <> ''")
	}
	for _, l := range q.Where {
		list = append(list, identifier(l.Column)+"::VARCHAR = "+literal(l.Level))
	}
	return strings.Join(list, " AND ")
}

// pair writes numerator and denominator of an item.
func pair(it estimate.Item) (a, b string) {
	a = identifier(it.Var) + "::DOUBLE"
	if it.Stat == estimate.Share || it.Stat == estimate.Count {
		a = fmt.Sprintf("CASE WHEN %[1]s::VARCHAR = '' THEN NULL ELSE (%[1]s::VARCHAR = %[2]s)::INT::DOUBLE END", identifier(it.Var), literal(it.Level))
	}
	if it.Stat == estimate.Ratio {
		b = identifier(it.Den) + "::DOUBLE"
	}
	return a, b
}

// centres finds a value near the middle of each numerator and denominator.
func (g GroupBy) centres(ctx context.Context, q estimate.CellQuery) ([]float64, error) {
	var list []string
	for _, it := range q.Items {
		a, b := pair(it)
		list = append(list, "coalesce(avg("+a+"), 0)")
		if b == "" {
			list = append(list, "1::DOUBLE")
		} else {
			list = append(list, "coalesce(avg("+b+"), 0)")
		}
	}
	r, err := g.session.query(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+g.table.from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.path, err)
	}
	defer r.close()
	var centres []float64
	err = r.each(func(c chunk) error {
		for i := range list {
			centres = c.column(i).doubles(0, 1, centres)
		}
		return nil
	})
	return centres, err
}

// sumsOf is the number of columns that sums returns.
const sumsOf = 16

// sums writes the sums of one item.
func (g GroupBy) sums(it estimate.Item, weight string, centreA, centreB float64) []string {
	a, b := pair(it)
	w := identifier(weight) + "::DOUBLE"
	present := "(" + a + ") IS NOT NULL"
	da, db := deviation(a, centreA), "0::DOUBLE"
	if b != "" {
		present += " AND (" + b + ") IS NOT NULL"
		db = deviation(b, centreB)
	}
	wa, wb := w+" * "+da, w+" * "+db
	list := []string{"count(*)", "count_if((" + a + ") <> 0)", "sum(" + w + ")", "sum(" + wa + ")", "sum(" + wb + ")", "sum(" + wa + " * " + da + ")",
		"var_pop(" + w + ")", "var_pop(" + wa + ")", "var_pop(" + wb + ")",
		"covar_pop(" + w + ", " + wa + ")", "covar_pop(" + w + ", " + wb + ")", "covar_pop(" + wa + ", " + wb + ")",
		"min(" + a + ")", "max(" + a + ")", "min(" + db + ")", "max(" + db + ")"}
	for i := range list {
		list[i] = "coalesce(" + list[i] + " FILTER (WHERE " + present + "), 0)::DOUBLE"
	}
	return list
}

func deviation(x string, centre float64) string {
	return "(" + x + " - " + strconv.FormatFloat(centre, 'e', -1, 64) + "::DOUBLE)"
}

// cells reads the sums of a chunk of cells.
func cells(c chunk, q estimate.CellQuery, centres []float64) []estimate.CellSums {
	rows, at := c.rows(), 0
	strata, domains := make([]string, rows), make([][]string, rows)
	if q.Stratum != "" {
		c.column(0).strings(func(row int, s string, _ bool) { strata[row] = strings.Clone(s) })
		at = 1
	}
	for i := range q.By {
		c.column(at + i).strings(func(row int, s string, _ bool) { domains[row] = append(domains[row], strings.Clone(s)) })
	}
	at += len(q.By)
	var out []estimate.CellSums
	for i := range q.Items {
		var x [sumsOf][]float64
		for k := range x {
			x[k] = values[float64](c.column(at + i*sumsOf + k))
		}
		for row := range rows {
			if x[0][row] == 0 {
				continue
			}
			sums := estimate.CellSums{Item: i, Stratum: strata[row], Domain: domains[row],
				N: int(x[0][row]), Positive: int(x[1][row]), CentreA: centres[2*i], CentreB: centres[2*i+1],
				W: x[2][row], A: x[3][row], B: x[4][row], YY: x[5][row],
				VarW: x[6][row], VarA: x[7][row], VarB: x[8][row], CovWA: x[9][row], CovWB: x[10][row], CovAB: x[11][row]}
			settle(&sums, x[12][row] == x[13][row], x[14][row] == x[15][row], x[12][row], x[14][row])
			out = append(out, sums)
		}
	}
	return out
}

// settle moves the centre of a numerator or denominator that is constant in the
// cell to its value, so that what is exactly zero is no rounding noise.
func settle(c *estimate.CellSums, constantA, constantB bool, a, deviationB float64) {
	if constantA {
		c.CentreA, c.A, c.YY, c.VarA, c.CovWA, c.CovAB = a, 0, 0, 0, 0, 0
	}
	if constantB {
		c.CentreB, c.B, c.VarB, c.CovWB, c.CovAB = c.CentreB+deviationB, 0, 0, 0, 0
	}
}
