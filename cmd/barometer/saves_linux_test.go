package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"testing"
	"time"

	"barometer/internal/store/storetest"
)

// What a survey of two processors has to bear, and for how long unless
// BENCH_SECONDS says otherwise.
const (
	requestsPerSecond = 2_000
	requestsFor       = 20 * time.Second
)

// BenchmarkSurvey serves an open wave in a process of its own and has
// workplaces answer it from code to receipt at a steady 2,000 requests a second,
// half of them durable saves: each is checked against the questionnaire, sealed,
// and acknowledged when it is on the disk of TMPDIR. It prints the waiting per
// kind, reports the 50th, 95th and 99th percentile, what failed and the
// processor time a request took the server, and reads all acknowledged answers
// back; on each kind of store. BENCH_RATE asks for another rate.
func BenchmarkSurvey(b *testing.B) {
	program := buildProgram(b)
	storetest.Each(b, func(b *testing.B, where string) {
		b.Setenv("BAROMETER_STORE", where)
		rate, span := countFrom(b, "BENCH_RATE", requestsPerSecond), benchSpan(b)
		const runs = 3 // of a whole benchmark that the invited are enough for, also where a slow server has many begin
		h, c := newCrowd(b, 2_000+rate*(5+runs*int(span/time.Second))/10, rate)
		server := serveProcess(b, program, h.dir)
		c.base, c.client = server.base, browsers(256)
		defer c.client.CloseIdleConnections()
		c.come(b, rate, 5*time.Second) // until they are spread over all pages
		before := server.processor(b)
		b.ResetTimer()
		var list []outcome
		for b.Loop() {
			list = append(list, c.come(b, rate, span)...)
		}
		used := server.processor(b) - before
		report(b, list, time.Duration(b.N)*span)
		b.ReportMetric(float64(used.Microseconds())/float64(len(list)), "cpu-µs/request")
		b.ReportMetric(server.resident(b, "VmHWM"), "peak-MB")
		lost, _ := c.lost(b, h)
		b.ReportMetric(float64(lost), "lost")
	})
}

// come has respondents send requests at a rate for a time.
func (c *crowd) come(tb testing.TB, perSecond int, span time.Duration) []outcome {
	tb.Helper()
	return pace(perSecond, int(float64(perSecond)*span.Seconds()), func(int) func() outcome { return c.respond(tb.Context()) })
}

// report prints the waiting and reports it.
func report(b *testing.B, list []outcome, span time.Duration) {
	b.Helper()
	failed, saves := printWaiting(list), 0
	for _, o := range list {
		if o.status == http.StatusServiceUnavailable {
			failed++
		}
		if o.kind == "save" || o.kind == "submit" || o.kind == "code" {
			saves++
		}
	}
	b.ReportMetric(float64(len(list))/span.Seconds(), "requests/s")
	b.ReportMetric(100*float64(saves)/float64(len(list)), "saves-%")
	for _, p := range []float64{50, 95, 99} {
		b.ReportMetric(milliseconds(percentile(list, p/100)), fmt.Sprintf("p%.0f-ms", p))
	}
	b.ReportMetric(float64(failed), "failed")
}

// countFrom is a count that the environment names, else the usual one.
func countFrom(tb testing.TB, name string, usual int) int {
	tb.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		tb.Fatalf("%s=%q is no count", name, text)
	}
	return n
}

func benchSpan(tb testing.TB) time.Duration {
	return time.Duration(countFrom(tb, "BENCH_SECONDS", int(requestsFor/time.Second))) * time.Second
}
