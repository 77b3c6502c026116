//go:build unix

package runner_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// BenchmarkRequests has 64 respondents open and save the heaviest page (14 rows
// of 7 choices) in turn, over the real store, and reports requests per second,
// the 99th percentile of waiting, and the processor time a request takes, clients
// included, which a busy machine does not disturb. Half the requests are durable
// saves.
func BenchmarkRequests(b *testing.B) {
	const clients = 64
	s := newSurvey(b)
	type respondent struct {
		cookie *http.Cookie
		count  int
	}
	respondents := make([]*respondent, clients)
	for i := range respondents {
		code := s.invite(fmt.Sprintf("bench-%d", i))
		w := s.serve(http.MethodPost, "/da/survey", nil, url.Values{"code": {code}})
		respondents[i] = &respondent{cookie: w.Result().Cookies()[0]}
		s.serve(http.MethodPost, "/da/survey/page/arbejdspladsen", respondents[i].cookie,
			url.Values{"revision": {"0"}, "A1": {"leder"}, "A2": {"ja"}})
		s.serve(http.MethodPost, "/da/survey/page/fornyelser", respondents[i].cookie,
			url.Values{"revision": {"1"}, "B1": {"ja"}, "B2": {"ja"}, "B3": {"nej"}, "B4": {"nej"}})
	}
	var waits []time.Duration
	var mu sync.Mutex
	var todo atomic.Int64
	todo.Store(int64(b.N))
	before := processorTime(b)
	b.ResetTimer()
	var group sync.WaitGroup
	for _, r := range respondents {
		group.Go(func() {
			var mine []time.Duration
			for todo.Add(-1) >= 0 {
				form, method := url.Values(nil), http.MethodGet
				if r.count++; r.count%2 == 0 {
					method = http.MethodPost
					form = url.Values{"revision": {fmt.Sprint(1 + r.count/2)}}
					for _, row := range []string{"ledelse", "medarbejdere", "samarbejde", "politikere", "oekonomi", "tid", "lov",
						"teknologi", "fejlkultur", "borgere", "frivillige", "virksomheder", "forskere", "pressen"} {
						form.Set("H1."+row, []string{"fremmede_lidt", "haemmede_lidt"}[r.count/2%2])
					}
				}
				start := time.Now()
				w := s.serve(method, "/da/survey/page/skub", r.cookie, form)
				mine = append(mine, time.Since(start))
				if w.Code != 200 && w.Code != 303 {
					b.Errorf("status %d", w.Code)
					return
				}
			}
			mu.Lock()
			waits = append(waits, mine...)
			mu.Unlock()
		})
	}
	group.Wait()
	b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/request")
	slices.Sort(waits)
	b.ReportMetric(float64(len(waits))/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(float64(waits[len(waits)*99/100].Milliseconds()), "p99-ms")
}

// processorTime is what the process has used on all processors.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// serve passes one request through the whole handler.
func (s *survey) serve(method, path string, cookie *http.Cookie, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.RemoteAddr = "127.0.0.1:9" // a network may not send so much
	r.Header.Set("Accept-Encoding", "gzip")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}
