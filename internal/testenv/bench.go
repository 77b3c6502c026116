package testenv

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchRows are the sizes a benchmark runs at: those in BENCH_ROWS, else the
// ones given.
func BenchRows(usual ...int) []int {
	var rows []int
	for _, f := range strings.Fields(os.Getenv("BENCH_ROWS")) {
		if n, err := strconv.Atoi(f); err == nil {
			rows = append(rows, n)
		}
	}
	if rows == nil {
		return usual
	}
	return rows
}

// BenchFull reports whether the long benchmarks are wanted, too.
func BenchFull() bool { return os.Getenv("BENCH_FULL") != "" }

// Timing is the best of several runs. Processor time means something also on a
// machine with other work to do.
type Timing struct{ Wall, CPU time.Duration }

// Bench measures f: it reports the seconds of the best run (s), its processor
// seconds (cpu-s) and, where the system tells, the peak of memory (MB).
func Bench(b *testing.B, f func()) Timing {
	forgetPeak()
	best := Timing{math.MaxInt64, math.MaxInt64}
	for b.Loop() {
		best = best.faster(Time(f))
	}
	if mb := peakMB(); mb > 0 {
		b.ReportMetric(mb, "MB")
	}
	b.ReportMetric(best.Wall.Seconds(), "s")
	b.ReportMetric(best.CPU.Seconds(), "cpu-s")
	return best
}

// BestOf measures f several times.
func BestOf(runs int, f func()) Timing {
	best := Timing{math.MaxInt64, math.MaxInt64}
	for range runs {
		best = best.faster(Time(f))
	}
	return best
}

func (t Timing) faster(o Timing) Timing { return Timing{min(t.Wall, o.Wall), min(t.CPU, o.CPU)} }

// Time measures f once.
func Time(f func()) Timing {
	used := func() time.Duration {
		var u syscall.Rusage
		if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
			return 0
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start, before := time.Now(), used()
	f()
	return Timing{time.Since(start), used() - before}
}

// BenchR runs an R script that prints lines of a name, elapsed seconds and
// processor seconds. It returns nil unless BENCH_R is set and R is installed.
func BenchR(b *testing.B, script string, args ...string) map[string]Timing {
	b.Helper()
	rscript, err := exec.LookPath("Rscript")
	if err != nil || os.Getenv("BENCH_R") == "" {
		return nil
	}
	file := filepath.Join(b.TempDir(), "bench.R")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(rscript, append([]string{file}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("R: %v\n%s", err, out)
	}
	times := make(map[string]Timing)
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) == 3 {
			times[f[0]] = Timing{seconds(b, f[1]), seconds(b, f[2])}
		}
	}
	return times
}

// WriteDoubles writes columns one after the other, as R reads them fastest:
// readBin(file, "double", rows).
func WriteDoubles(b *testing.B, path string, columns [][]float64) {
	b.Helper()
	var out bytes.Buffer
	for _, c := range columns {
		if err := binary.Write(&out, binary.LittleEndian, c); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
}

func seconds(b *testing.B, s string) time.Duration {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		b.Fatalf("R: %v", err)
	}
	return time.Duration(x * float64(time.Second))
}

// Against reports how R did: its seconds (R-s) and how many times ours they are
// (×R), of elapsed and of processor time (×R-cpu).
func Against(b *testing.B, ours Timing, r map[string]Timing, name string) {
	if theirs, ok := r[name]; ok {
		b.ReportMetric(theirs.Wall.Seconds(), "R-s")
		b.ReportMetric(theirs.Wall.Seconds()/ours.Wall.Seconds(), "×R")
		b.ReportMetric(theirs.CPU.Seconds()/ours.CPU.Seconds(), "×R-cpu")
	}
}

// forgetPeak frees what making the data took and restarts the count of the peak.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where there is none, the peak is not told
}

// peakMB is the largest resident size of this process since forgetPeak, 0 where
// the system does not tell.
func peakMB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}
