package duck

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"barometer/analysis/estimate"
	"barometer/internal/testenv"
	"barometer/weighting/design"
)

const benchClusters = 2000

// benchClusterTasks are those that the changelog of svy 0.22.1 times: one mean,
// eight, and one in two groups. R does them, too.
var benchClusterTasks = []struct {
	name  string
	items int
	by    []string
}{{"mean", 1, nil}, {"8 means", 8, nil}, {"mean by group", 1, []string{"g"}}}

// clusterFile has DuckDB write 8 numeric items of 2,000 clusters.
func clusterFile(b *testing.B, rows int) string {
	uniform := uniforms()
	list := []string{
		fmt.Sprintf("floor(%s * %d)::INT AS psu", uniform(), benchClusters),
		fmt.Sprintf("floor(%s * 2)::TINYINT AS g", uniform()),
		"1 + 5 * " + uniform() + " AS w",
	}
	for k := range 8 {
		list = append(list, fmt.Sprintf("%s AS %s", normal(uniform), benchItem(k)))
	}
	path := filepath.Join(b.TempDir(), "clusters.parquet")
	benchCopy(b, fmt.Sprintf("(SELECT %s FROM range(%d) t(i))", strings.Join(list, ", "), rows), path)
	return path
}

// BenchmarkStatisticsOfClusters measures means over 2,000 clusters, from Parquet
// and from memory, beside R survey on doubles in memory.
func BenchmarkStatisticsOfClusters(b *testing.B) {
	for _, rows := range testenv.BenchRows(1_000_000) {
		b.Run(strconv.Itoa(rows), func(b *testing.B) { benchRowsOfClusters(b, rows) })
	}
}

func benchRowsOfClusters(b *testing.B, rows int) {
	path := clusterFile(b, rows)
	data, err := ReadData(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, task := range benchClusterTasks {
		names = append(names, task.name)
	}
	r := tasksInR(b, path, names)
	spec := design.Spec{IDs: []string{"psu"}, Weight: "w"}
	for _, task := range benchClusterTasks {
		req := estimate.Request{Breakdowns: []estimate.Breakdown{{By: task.by}}}
		for k := range task.items {
			req.Items = append(req.Items, estimate.Item{Stat: estimate.Mean, Var: benchItem(k)})
		}
		run := func(src estimate.Source) {
			if _, _, err := estimate.Run(b.Context(), src, spec, req); err != nil {
				b.Fatal(err)
			}
		}
		b.Run(task.name, func(b *testing.B) {
			ours := testenv.Bench(b, func() {
				p, err := OpenParquet(b.Context(), path)
				if err != nil {
					b.Fatal(err)
				}
				defer p.Close()
				run(p)
			})
			testenv.Against(b, ours, r, strings.ReplaceAll(task.name, " ", "_"))
		})
		b.Run(task.name+" from memory", func(b *testing.B) {
			ours := testenv.Bench(b, func() { run(estimate.FromData(data)) })
			testenv.Against(b, ours, r, strings.ReplaceAll(task.name, " ", "_"))
		})
	}
}
