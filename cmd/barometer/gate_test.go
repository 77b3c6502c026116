package main

import (
	"fmt"
	"testing"
	"time"

	"barometer/analysis/table"
	"barometer/cmd/barometer/demo"
)

// gateDraws is of how many draws the benchmark takes the time.
const gateDraws = 12

// BenchmarkGate sends waves of about 1,600 respondents, each drawn and answered
// anew, through the disclosure gate, and prints how long each takes and how much
// it suppresses: the time of suppression and audit depends on the draw.
func BenchmarkGate(b *testing.B) {
	s := newStudy(b)
	requests := make([]gateRequest, gateDraws)
	for draw := range requests {
		answers, estimates := s.repeat(b, draw, demo.NewCoverage())
		requests[draw] = s.request(b, answers, estimates)
	}
	fmt.Printf("\n%4s %11s %12s %10s\n", "draw", "respondents", "confidential", "seconds")
	var worst time.Duration
	for b.Loop() {
		worst = 0
		for draw, r := range requests {
			start := time.Now()
			t := r.apply(b)
			took := time.Since(start)
			worst = max(worst, took)
			fmt.Printf("%4d %11d %12d %10.3f\n", draw, r.candidates[0].N, confidential(t), took.Seconds())
		}
	}
	b.ReportMetric(worst.Seconds(), "s/worst")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*gateDraws), "s/draw")
}

func confidential(t *table.Table) (n int) {
	for _, ind := range t.Indicators() {
		for _, d := range t.Domains() {
			if c, _ := t.Cell(ind.ID, d.ID()); c.Status() == table.Confidential {
				n++
			}
		}
	}
	return n
}
