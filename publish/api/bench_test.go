package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"barometer/internal/testenv"
)

// BenchmarkAPICells asks for cached cells 1,000 times a second for two seconds,
// over the network, clients and server on the same processors. Goal: 10 ms in 99
// of 100, counted from the moment at which a request was due.
func BenchmarkAPICells(b *testing.B) {
	const rate, seconds, clients = 1000, 2, 32
	server := httptest.NewServer(whole(b))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	var addresses []string
	for _, sector := range []string{"total", "kommune", "region", "stat"} {
		for _, indicator := range []string{"innov_rate", "value.kvalitet", "culture", "response_rate"} {
			addresses = append(addresses, server.URL+"/v1/cells/2025-sector?indicator="+indicator+"&sector="+sector)
		}
	}
	for b.Loop() {
		took := make([]time.Duration, rate*seconds)
		start := time.Now().Add(10 * time.Millisecond)
		var group sync.WaitGroup
		for c := range clients {
			group.Go(func() {
				for i := c; i < len(took); i += clients {
					due := start.Add(time.Duration(i) * time.Second / rate)
					time.Sleep(time.Until(due))
					resp, err := client.Get(addresses[i%len(addresses)])
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, resp.Body) //nolint:errcheck // a part of it would be seen in the status
					resp.Body.Close()
					if resp.StatusCode != http.StatusOK {
						b.Errorf("status %d", resp.StatusCode)
					}
					took[i] = time.Since(due)
				}
			})
		}
		group.Wait()
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "max-ms")
	}
}

// BenchmarkAPIWork answers 1,000 cached cells without a network: a second's work
// at the rate of the goal, in processor time, which a busy machine leaves alone.
func BenchmarkAPIWork(b *testing.B) {
	h := whole(b)
	testenv.Bench(b, func() {
		for range 1000 {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/cells/2025-sector?indicator=culture&sector=kommune", nil))
			if w.Code != http.StatusOK {
				b.Fatalf("status %d", w.Code)
			}
		}
	})
}
