package duck

import (
	"context"
	_ "embed"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"barometer/analysis/compare"
	"barometer/analysis/estimate"
	"barometer/analysis/regress"
	"barometer/internal/testenv"
	"barometer/weighting/design"
	"barometer/weighting/replicate"
)

const (
	benchItems   = 20
	benchDomains = 20
	benchStrata  = 200

	benchPredictors = 7 // with the intercept 8 parameters

	benchWhole = 10_000_000 // rows up to which all is measured, above the means alone
)

// benchFile has DuckDB write the benchmark's data, with BENCH_DIR to be kept
// there. Larger files than benchWhole repeat it, without the predictors.
func benchFile(b *testing.B, rows int) string {
	b.Helper()
	dir := os.Getenv("BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("bench-%d.parquet", rows))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	from := fmt.Sprintf("(%s FROM range(%d) t(i))", benchColumns(), rows)
	if rows > benchWhole {
		part := literal(benchFile(b, benchWhole))
		from = fmt.Sprintf("(SELECT * EXCLUDE (x0, x1, x2, x3, x4, x5, x6) FROM read_parquet([%s]) LIMIT %d)",
			strings.Join(slices.Repeat([]string{part}, (rows+benchWhole-1)/benchWhole), ", "), rows)
	}
	benchCopy(b, from, path)
	return path
}

// benchCopy has DuckDB write a query's rows.
func benchCopy(b *testing.B, query, path string) {
	b.Helper()
	s, err := open(0)
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	if err := s.exec(b.Context(), "COPY "+query+" TO "+literal(path)+" (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)"); err != nil {
		b.Fatal(err)
	}
}

// benchColumns are nullable 0/1 items of an element sample, by stratum and
// domain, a variable for the median and predictors of the logistic model. Values
// are hashes of row and column, so that files are the same wherever they are made.
func benchColumns() string {
	uniform := uniforms()
	list := []string{
		fmt.Sprintf("floor(%s * %d)::INT AS h", uniform(), benchStrata),
		fmt.Sprintf("floor(%s * %d)::TINYINT AS d", uniform(), benchDomains),
		"1 + 5 * " + uniform() + " AS w",
	}
	for k := range benchItems {
		list = append(list, fmt.Sprintf("CASE WHEN %s >= 0.05 THEN (%s < %g)::TINYINT END AS %s", uniform(), uniform(), float64(k%9+1)/10, benchItem(k)))
	}
	for k := range benchPredictors {
		list = append(list, fmt.Sprintf("%s AS x%d", normal(uniform), k))
	}
	return "SELECT " + strings.Join(list, ", ")
}

// uniforms returns SQL of a number between 0 and 1, another at each call.
func uniforms() func() string {
	drawn := 0
	return func() string {
		drawn++
		return fmt.Sprintf("((hash(i * 64 + %d) >> 11)::DOUBLE / 9007199254740992)", drawn)
	}
}

func normal(uniform func() string) string {
	return fmt.Sprintf("sqrt(-2 * ln(1 - %s)) * cos(2 * pi() * %s)", uniform(), uniform())
}

func benchItem(k int) string { return "y" + strconv.Itoa(k) }

func benchRequest() (design.Spec, estimate.Request) {
	req := estimate.Request{Breakdowns: []estimate.Breakdown{{By: []string{"d"}}}}
	for k := range benchItems {
		req.Items = append(req.Items, estimate.Item{Stat: estimate.Mean, Var: benchItem(k)})
	}
	return design.Spec{Strata: []string{"h"}, Weight: "w", Lonely: design.Fail}, req
}

func meansFromParquet(b *testing.B, path string) {
	p, err := OpenParquet(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	spec, req := benchRequest()
	estimates, _, err := estimate.Run(b.Context(), p, spec, req)
	if err != nil || len(estimates) != benchItems*benchDomains {
		b.Fatalf("%d estimates, %v", len(estimates), err)
	}
}

// plainGroupBy is the best of three runs of the sums as one would write them.
func plainGroupBy(b *testing.B, path string) testenv.Timing {
	var sums []string
	for k := range benchItems {
		y := benchItem(k)
		sums = append(sums, fmt.Sprintf("sum(w) FILTER (%[1]s IS NOT NULL), sum(w*%[1]s), sum(w*w) FILTER (%[1]s IS NOT NULL), sum(w*w*%[1]s)", y))
	}
	s, err := open(0)
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	return testenv.BestOf(3, func() {
		if err := s.exec(context.Background(), "SELECT h, d, "+strings.Join(sums, ", ")+" FROM read_parquet("+literal(path)+") GROUP BY h, d"); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkStatistics measures, from Parquet to result: 20 means in 20 domains
// with standard errors, beside DuckDB's GROUP BY of the same sums; the same table
// by 200 bootstrap replicates, made and used; a median; the test of Rao and Scott
// of a table 20 × 2; a logistic regression with 8 parameters. R survey does the
// same in one process of the same run. The full run adds ten million rows and R's
// bootstrap, which needs minutes and 8 GB.
func BenchmarkStatistics(b *testing.B) {
	usual := []int{1_000_000}
	if testenv.BenchFull() {
		usual = append(usual, 10_000_000)
	}
	for _, rows := range testenv.BenchRows(usual...) {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			path := benchFile(b, rows)
			var r map[string]testenv.Timing
			if rows <= 1_000_000 {
				r = inR(b, path)
			}
			b.Run("means", func(b *testing.B) {
				ours := testenv.Bench(b, func() { meansFromParquet(b, path) })
				if rows > benchWhole {
					return // the ratio does not change, and it would take minutes
				}
				plain := plainGroupBy(b, path)
				b.ReportMetric(ours.Wall.Seconds()/plain.Wall.Seconds(), "×GROUPBY")
				b.ReportMetric(ours.CPU.Seconds()/plain.CPU.Seconds(), "×GROUPBY-cpu")
				testenv.Against(b, ours, r, "means")
			})
			if rows > benchWhole {
				return
			}
			for name, f := range benchStatistics() {
				b.Run(name, func(b *testing.B) {
					ours := testenv.Bench(b, func() {
						p, err := OpenParquet(b.Context(), path)
						if err != nil {
							b.Fatal(err)
						}
						defer p.Close()
						if err := f(b.Context(), p); err != nil {
							b.Fatal(err)
						}
					})
					testenv.Against(b, ours, r, name)
				})
			}
		})
	}
}

func benchStatistics() iter.Seq2[string, func(context.Context, *Parquet) error] {
	spec, req := benchRequest()
	return func(yield func(string, func(context.Context, *Parquet) error) bool) {
		_ = yield("bootstrap", func(ctx context.Context, p *Parquet) error {
			_, _, err := estimate.RunPlanned(ctx, p, spec, req, replicate.Plan{Kind: replicate.Bootstrap, Count: 200, Seed: 1})
			return err
		}) && yield("median", func(ctx context.Context, p *Parquet) error {
			_, _, err := estimate.Quantiles(ctx, p, spec, estimate.QuantileRequest{Vars: []string{"x0"}, Probs: []float64{0.5}})
			return err
		}) && yield("raoscott", func(ctx context.Context, p *Parquet) error {
			_, err := compare.Independent(ctx, p, spec, "d", "y0", nil, nil)
			return err
		}) && yield("logistic", func(ctx context.Context, p *Parquet) error {
			m := regress.Model{Kind: regress.Logistic, Outcome: "y4"}
			for k := range benchPredictors {
				m.Numeric = append(m.Numeric, "x"+strconv.Itoa(k))
			}
			_, err := regress.Run(ctx, p, spec, m)
			return err
		})
	}
}

//go:embed testdata/bench.R
var benchScript string

// inR times R survey on the same data.
func inR(b *testing.B, path string) map[string]testenv.Timing {
	tasks := []string{"means", "median", "raoscott", "logistic"}
	if testenv.BenchFull() {
		tasks = append(tasks, "bootstrap")
	}
	return tasksInR(b, path, tasks)
}

func tasksInR(b *testing.B, path string, tasks []string) map[string]testenv.Timing {
	if os.Getenv("BENCH_R") == "" {
		return nil
	}
	data, err := ReadData(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	file := strings.TrimSuffix(path, ".parquet") + ".bin"
	defer os.Remove(file)
	var names []string
	var columns [][]float64
	for _, c := range data.Columns() {
		names, columns = append(names, c.Name), append(columns, c.Number)
	}
	testenv.WriteDoubles(b, file, columns)
	return testenv.BenchR(b, benchScript, append([]string{file, strconv.Itoa(data.Rows()), strings.Join(names, ",")}, tasks...)...)
}
