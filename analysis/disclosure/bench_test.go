package disclosure

import (
	"math/rand/v2"
	"testing"

	"barometer/analysis/indicator"
	"barometer/analysis/table"
)

// BenchmarkApply suppresses and audits a table of the size of a wave's: 94
// indicators by 40 domains, of 1,600 respondents. A third of the indicators are
// rare answers, the sources of confidential cells.
func BenchmarkApply(b *testing.B) {
	in := fullTable(b)
	for b.Loop() {
		t, err := in.apply()
		if err != nil {
			b.Fatal(err)
		}
		suppressed := 0
		for _, s := range in.statusesOf(t) {
			if s == table.Confidential {
				suppressed++
			}
		}
		b.ReportMetric(float64(len(in.candidates)), "cells")
		b.ReportMetric(float64(suppressed), "suppressed")
	}
}

func fullTable(b *testing.B) input {
	rng := rand.New(rand.NewPCG(2, 3))
	in := input{policy: policy(b)}
	in.domains = (&indicator.Catalogue{Breakdowns: []string{"total", "sector", "subsector", "size", "region", "sector_size"}}).Domains()
	r := newRespondents()
	for k := range 94 {
		in.indicators = append(in.indicators, table.Indicator{ID: string(rune('a'+k/26)) + string(rune('a'+k%26)), Kind: table.Share})
		r.order = append(r.order, in.indicators[k].ID)
	}
	codes := func(breakdown string) (list []string) {
		for _, d := range in.domains {
			if d.Breakdown == breakdown {
				list = append(list, d.Codes[0])
			}
		}
		return list
	}
	subsectors, sizes, regions := codes("subsector"), codes("size"), codes("region")
	answers := make([]float64, 94)
	for range 1600 {
		for k := range answers {
			p := 0.1 + 0.8*float64(k)/94
			if k%3 == 0 {
				p = 0.03
			}
			answers[k] = 0
			if rng.Float64() < p {
				answers[k] = 1
			}
		}
		r.add(1, subsectors[rng.IntN(15)], sizes[rng.IntN(4)], regions[rng.IntN(5)], answers...)
	}
	for _, ind := range in.indicators {
		for _, d := range in.domains {
			in.candidates = append(in.candidates, r.count(r.answers[ind.ID], d))
		}
	}
	return in
}
