package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

// BenchmarkOverload sends an open wave three times the 2,000 requests a second
// that it has to bear, for ten seconds, from 4,096 connections,
// and then half of what it has to bear. It reports how many were answered and
// how many refused for the time being (503, all with a Retry-After), how long
// those waited, after how many seconds everything was answered within 200 ms
// again, and how many acknowledged answers are not there. BENCH_RATE asks for
// another rate than 2,000.
func BenchmarkOverload(b *testing.B) {
	rate := countFrom(b, "BENCH_RATE", requestsPerSecond)
	h, c := newCrowd(b, 10*rate, 4*rate)
	server := serveProcess(b, buildProgram(b), h.dir)
	c.base, c.client = server.base, browsers(4_096)
	defer c.client.CloseIdleConnections()
	c.come(b, rate/2, 5*time.Second)
	b.ResetTimer()
	for b.Loop() {
		o := overload(c.come(b, 3*rate, 10*time.Second))
		after := c.come(b, rate/2, 15*time.Second)
		o.print()
		b.ReportMetric(float64(len(o.answered))/10, "answered/s")
		b.ReportMetric(float64(len(o.refused))/10, "refused/s")
		b.ReportMetric(float64(o.failed), "failed")
		b.ReportMetric(milliseconds(percentile(o.answered, .99)), "p99-ms")
		b.ReportMetric(milliseconds(percentile(o.refused, .99)), "p99-refused-ms")
		b.ReportMetric(recovery(after).Seconds(), "recovery-s")
	}
	b.ReportMetric(server.resident(b, "VmHWM"), "peak-MB")
	lost, answers := c.lost(b, h)
	b.ReportMetric(float64(lost), "lost")
	b.ReportMetric(float64(answers), "acknowledged")
}

// fate is what came of the requests of an overload.
type fate struct {
	answered, refused []outcome
	failed            int
}

func overload(list []outcome) (f fate) {
	for _, o := range list {
		switch {
		case o.err != nil:
			if f.failed++; f.failed == 1 {
				fmt.Printf("%s: %v\n", o.kind, o.err)
			}
		case o.status == http.StatusServiceUnavailable:
			f.refused = append(f.refused, o)
		default:
			f.answered = append(f.answered, o)
		}
	}
	return f
}

func (f fate) print() {
	fmt.Println("answered, under three times the load")
	printWaiting(f.answered)
}

// recovery is how long after the first of these requests was due the last of
// them was due that failed or waited more than 200 ms.
func recovery(list []outcome) time.Duration {
	slow := func(o outcome) bool {
		return o.err != nil || o.status >= http.StatusInternalServerError || o.wait > 200*time.Millisecond
	}
	for _, o := range slices.Backward(list) {
		if slow(o) {
			return o.due.Sub(list[0].due)
		}
	}
	return 0
}
