package sample

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"barometer/survey/codebook"
	"barometer/survey/frame"
)

func BenchmarkDrawNational(b *testing.B) {
	f, p := national(b), nationalPlan()
	for b.Loop() {
		if _, err := Draw(f, p, 2025); err != nil {
			b.Fatal(err)
		}
	}
}

// register writes a frame of n units of all subsectors and sizes.
func register(b *testing.B, path string, n int) {
	b.Helper()
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(out, 1<<20)
	w.WriteString("p_number,cvr,name,email,sector,subsector,municipality,region,employees\n")
	subsectors := codebook.Subsectors().Values()
	for i := range n {
		sub := subsectors[i*i%len(subsectors)]
		w.WriteString(strconv.Itoa(1000000000 + i))
		w.WriteString(",55133018,Arbejdsstedet nummer " + strconv.Itoa(i) + ",post@example.dk," + codebook.SectorOf(sub) + "," + sub)
		w.WriteString(",0751,1082," + strconv.Itoa(1+i*7919%250) + "\n")
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := out.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDrawRegister draws 100,000 of 5,000,000 units from a file on disk:
// check, allocation and selection. Beside the time it reports how far the heap
// grew.
func BenchmarkDrawRegister(b *testing.B) {
	if testing.Short() {
		b.Skip("writes a file of half a gigabyte")
	}
	path := filepath.Join(b.TempDir(), "frame.csv")
	register(b, path, 5_000_000)
	p := Plan{Wave: "2025", Total: 100_000, Stratify: []string{"subsector", "size"}, Cap: true,
		Allocation: Allocation{Method: Power, Exponent: 0.5}}
	for b.Loop() {
		stop := peak()
		f, err := frame.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		s, err := DrawFrom(f.Units(), f.Hash, p, 2025)
		if err != nil || f.Err() != nil || len(s.Units) != 100_000 {
			b.Fatal(fmt.Sprint(err, f.Err()))
		}
		b.ReportMetric(stop(), "MB-peak")
	}
}

// peak watches the heap; the function it returns ends that and tells the
// highest it saw, in megabytes.
func peak() func() float64 {
	done, highest := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		for tick := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			case <-done:
				highest <- most
				return
			}
		}
	}()
	return func() float64 { close(done); return float64(<-highest) / (1 << 20) }
}
