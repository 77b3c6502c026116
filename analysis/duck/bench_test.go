package duck

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"barometer/analysis/estimate"
	"barometer/survey/microdata"
	"barometer/weighting/design"
)

const (
	benchItems   = 20
	benchDomains = 20
	benchStrata  = 200
)

// benchFile writes the benchmark's data once: nullable 0/1 items of an element
// sample, by stratum and domain.
func benchFile(b *testing.B, rows int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), fmt.Sprintf("bench-%d.parquet", rows))
	r := rand.New(rand.NewPCG(1, 2))
	column := func(draw func() float64) []float64 {
		x := make([]float64, rows)
		for i := range x {
			x[i] = draw()
		}
		return x
	}
	columns := []microdata.Column{
		microdata.Numbers("h", column(func() float64 { return float64(r.IntN(benchStrata)) })),
		microdata.Numbers("d", column(func() float64 { return float64(r.IntN(benchDomains)) })),
		microdata.Numbers("w", column(func() float64 { return 1 + 5*r.Float64() })),
	}
	for k := range benchItems {
		share := float64(k%9+1) / 10
		columns = append(columns, microdata.Numbers(benchItem(k), column(func() float64 {
			switch u := r.Float64(); {
			case u < 0.05:
				return math.NaN()
			case r.Float64() < share:
				return 1
			}
			return 0
		})))
	}
	data, err := microdata.New(columns...)
	if err != nil {
		b.Fatal(err)
	}
	if err := WriteData(b.Context(), path, data, nil); err != nil {
		b.Fatal(err)
	}
	return path
}

func benchItem(k int) string { return "y" + strconv.Itoa(k) }

func benchRequest() (design.Spec, estimate.Request) {
	req := estimate.Request{Breakdowns: []estimate.Breakdown{{By: []string{"d"}}}}
	for k := range benchItems {
		req.Items = append(req.Items, estimate.Item{Stat: estimate.Mean, Var: benchItem(k)})
	}
	return design.Spec{Strata: []string{"h"}, Weight: "w", Lonely: design.Fail}, req
}

// BenchmarkMeans20x20 estimates 20 means in 20 domains with standard errors,
// from Parquet to table, and compares with DuckDB's GROUP BY of the same sums
// and, where R is installed, with R survey's svyby, in the same run.
func BenchmarkMeans20x20(b *testing.B) {
	for _, rows := range benchRows() {
		b.Run(strconv.Itoa(rows), func(b *testing.B) {
			path := benchFile(b, rows)
			forgetPeak()
			ours, oursCPU := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
			for b.Loop() {
				wall, cpu := timed(func() { meansFromParquet(b, path) })
				ours, oursCPU = min(ours, wall), min(oursCPU, cpu)
			}
			b.ReportMetric(peakMB(), "MBpeak")
			wall, cpu := plainGroupBy(b, path)
			b.ReportMetric(ours.Seconds(), "s/best")
			b.ReportMetric(ours.Seconds()/wall.Seconds(), "×GROUPBY")
			b.ReportMetric(oursCPU.Seconds()/cpu.Seconds(), "×GROUPBY-cpu")
			if r := inR(b, path); r > 0 {
				b.ReportMetric(r.Seconds()/ours.Seconds(), "×fasterThanR")
			}
		})
	}
}

// benchRows are the sizes to run; BENCH_ROWS asks for others.
func benchRows() []int {
	var rows []int
	for _, f := range strings.Fields(os.Getenv("BENCH_ROWS")) {
		if n, err := strconv.Atoi(f); err == nil {
			rows = append(rows, n)
		}
	}
	if rows == nil {
		rows = []int{1_000_000}
	}
	return rows
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
func plainGroupBy(b *testing.B, path string) (wall, cpu time.Duration) {
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
	wall, cpu = math.MaxInt64, math.MaxInt64
	for range 3 {
		w, c := timed(func() {
			if err := s.exec(context.Background(), "SELECT h, d, "+strings.Join(sums, ", ")+" FROM read_parquet("+literal(path)+") GROUP BY h, d"); err != nil {
				b.Fatal(err)
			}
		})
		wall, cpu = min(wall, w), min(cpu, c)
	}
	return wall, cpu
}

// timed returns elapsed and processor time; the latter means something also on
// a machine with other work to do.
func timed(f func()) (wall, cpu time.Duration) {
	used := func() time.Duration {
		var u syscall.Rusage
		if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
			return 0
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start, before := time.Now(), used()
	f()
	return time.Since(start), used() - before
}

// inR times R survey on the same data, 0 where R is not there or not asked for.
func inR(b *testing.B, path string) time.Duration {
	rscript, err := exec.LookPath("Rscript")
	if err != nil || os.Getenv("BENCH_R") == "" {
		return 0
	}
	csv := strings.TrimSuffix(path, ".parquet") + ".csv"
	s, err := open(0)
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	if err := s.exec(context.Background(), "COPY (FROM read_parquet("+literal(path)+")) TO "+literal(csv)+" (FORMAT csv, HEADER)"); err != nil {
		b.Fatal(err)
	}
	defer os.Remove(csv)
	script := `suppressMessages(library(survey)); d <- read.csv(commandArgs(TRUE)[1]); t <- system.time({
		des <- svydesign(~1, strata = ~h, weights = ~w, data = d)
		r <- svyby(as.formula(paste("~", paste0("y", 0:19, collapse = "+"))), ~d, des, svymean, na.rm = TRUE) })
		cat(t[["elapsed"]])`
	file := strings.TrimSuffix(path, ".parquet") + ".R"
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(rscript, file, csv)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("R: %v", err)
	}
	seconds, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Duration(seconds * float64(time.Second))
}

// forgetPeak frees what making the data took and restarts the count of the peak.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where there is none, the peak is not told
}

// peakMB is the largest resident size of this process since forgetPeak.
func peakMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return math.NaN()
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return math.NaN()
}
