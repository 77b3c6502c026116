package site_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkPages asks a server over HTTP for the site as browsers read it:
// compressed, page after page, from eight connections, once as fast as they
// come and once at 500 requests a second.
func BenchmarkPages(b *testing.B) {
	h := ordinary(b)
	targets := []string{"/da/", "/en/indicators", "/da/indicators/innov_rate", "/da/indicators/value.kvalitet",
		"/da/tables?family=promote&breakdown=subsector", "/en/downloads", "/da/report", "/download/2025/1.0/tables.da.xlsx"}
	for _, target := range targets {
		if resp := ask(b, h, http.MethodGet, target); resp.StatusCode != http.StatusOK {
			b.Fatalf("%s: status %d", target, resp.StatusCode)
		}
	}
	srv := httptest.NewServer(h)
	defer srv.Close()
	b.Run("full speed", func(b *testing.B) { load(b, srv.URL, targets, 0) })
	b.Run("500 per second", func(b *testing.B) { load(b, srv.URL, targets, time.Second/500) })
}

// load sends b.N requests, one per interval or without pause, and reports how
// many came through a second and how long they took, counted from when each
// was due.
func load(b *testing.B, base string, targets []string, interval time.Duration) {
	const clients = 8
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	waits := make([]time.Duration, b.N)
	var next atomic.Int64
	var done sync.WaitGroup
	b.ResetTimer()
	began := time.Now()
	for range clients {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				due := began.Add(time.Duration(i) * interval)
				time.Sleep(time.Until(due))
				if interval == 0 {
					due = time.Now()
				}
				resp, err := client.Get(base + targets[i%len(targets)])
				if err != nil {
					b.Error(err)
					return
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				waits[i] = time.Since(due)
			}
		})
	}
	done.Wait()
	slices.Sort(waits)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(float64(waits[len(waits)*99/100].Microseconds())/1000, "p99-ms")
}
