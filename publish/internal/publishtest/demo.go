package publishtest

import (
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"barometer/analysis/indicator"
	"barometer/analysis/table"
	"barometer/survey/codebook"
	"barometer/survey/questionnaire"
)

// Demo is a table of all indicators of the demonstration's wave by its breakdowns
// and by subsector and size, with invented figures, beside the questionnaire and
// the catalogue that it is of. Groups nest: the answers of each are those of its
// parts. Groups of fewer than ten are confidential.
func Demo(t testing.TB) (Stored, *questionnaire.Questionnaire, *indicator.Catalogue) {
	t.Helper()
	q := demoFile(t, "questionnaire.yaml", questionnaire.Load)
	c := demoFile(t, "indicators.yaml", indicator.Load)
	c.Breakdowns = append(c.Breakdowns, "subsector_size")
	defs, err := c.Expand(q)
	if err != nil {
		t.Fatal(err)
	}
	s := Stored{Domains: c.Domains(), Meta: Draft().Meta}
	for _, d := range defs {
		s.Indicators = append(s.Indicators, d.Indicator)
		for _, dom := range s.Domains {
			s.Cells = append(s.Cells, invented(d.Indicator, dom))
		}
	}
	return s, q, c
}

func demoFile[T any](t testing.TB, name string, load func(r io.Reader, file string) (T, error)) T {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	f, err := os.Open(filepath.Join(filepath.Dir(here), "../../../cmd/barometer/demo/wave", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	v, err := load(f, name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// At returns a cell of a draft to be changed.
func (s *Stored) At(indicator, domain string) *Cell {
	for i, ind := range s.Indicators {
		for j, d := range s.Domains {
			if ind.ID == indicator && d.ID() == domain {
				return &s.Cells[i*len(s.Domains)+j]
			}
		}
	}
	panic("no cell " + indicator + " × " + domain)
}

func invented(ind table.Indicator, d table.Domain) Cell {
	n := respondents(d)
	if n < 10 {
		return Cell{Status: table.Confidential}
	}
	p := 0.1 + 0.8*float64(hashed(ind.ID+d.ID())>>8)/(1<<24)
	half, scale := 1/float64(n)+0.03, 1.0
	if ind.Kind == table.Score {
		scale = 100
	}
	f := table.Figure{Value: p * scale, Low: max(p-half, 0) * scale, High: min(p+half, 1) * scale, SE: half / 2 * scale, DF: float64(n), N: n}
	if ind.Counted {
		f.Low, f.High, f.SE = f.Value, f.Value, 0
	}
	if n < 30 {
		return Cell{Status: table.Uncertain, Figure: &f}
	}
	return Cell{Figure: &f}
}

// counts are the respondents of domains that were counted.
var counts sync.Map

// respondents counts those of a domain, once.
func respondents(d table.Domain) int {
	n, ok := counts.Load(d.ID())
	if !ok {
		n = count(d)
		counts.Store(d.ID(), n)
	}
	return n.(int)
}

// count adds up the strata of a domain.
func count(d table.Domain) (n int) {
	for _, sub := range codebook.Subsectors().Values() {
		for _, size := range codebook.Sizes().Values() {
			of := map[string][]string{"total": {}, "region": d.Codes, "sector": {codebook.SectorOf(sub)}, "subsector": {sub},
				"size": {size}, "sector_size": {codebook.SectorOf(sub), size}, "subsector_size": {sub, size}}[d.Breakdown]
			if slices.Equal(of, d.Codes) {
				n += int(hashed(sub+size) % 31)
			}
		}
	}
	return n
}

func hashed(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}
