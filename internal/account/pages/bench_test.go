package pages_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"barometer/internal/store/storetest"
)

// BenchmarkSignIn prints the server's time for the requests of one sign-in by
// link, each with its durable commit: asking, opening the link, confirming,
// and the account page that follows. It also signs out and asks for an unknown
// address, whose time must not tell it from a known one: t is how far apart the
// two are, in standard errors, and beyond 3 somebody could tell.
func BenchmarkSignIn(b *testing.B) {
	for name, where := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return t.TempDir() + "/barometer.db" },
		"postgres": func(t testing.TB) string { return storetest.Postgres(t) },
	} {
		b.Run(name, func(b *testing.B) { benchmarkSignIn(b, newSite(b, open(b, where(b)))) })
	}
}

func benchmarkSignIn(b *testing.B, s *site) {
	spent := map[string]time.Duration{}
	took := map[string][]float64{} // milliseconds, one after the other
	serve := func(what, method, path, form string, cookies []*http.Cookie) *http.Response {
		r := httptest.NewRequest(method, path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		start := time.Now()
		s.server.Config.Handler.ServeHTTP(w, r)
		each := time.Since(start)
		spent[what] += each
		took[what] = append(took[what], each.Seconds()*1000)
		return w.Result()
	}
	post := func(what, path string, form url.Values, cookies []*http.Cookie) *http.Response {
		return serve(what, http.MethodPost, path, form.Encode(), cookies)
	}
	s.signedIn(anna, "Anna Holm")
	rounds := 0
	for b.Loop() {
		s.now = s.now.Add(time.Hour)
		rounds++
		nobody := func() {
			post("unknown", "/da/sign-in", url.Values{"address": {fmt.Sprintf("nobody%d@example.dk", rounds)}}, nil)
		}
		if rounds%2 == 0 { // in turn, since whoever asks second finds warm caches
			nobody()
		}
		asked := post("known", "/da/sign-in", url.Values{"address": {anna}}, nil)
		link := strings.TrimPrefix(s.link(), s.server.URL)
		serve("look", http.MethodGet, link, "", asked.Cookies())
		in := post("confirm", "/da/sign-in/confirm", url.Values{"token": {link[strings.LastIndexByte(link, '/')+1:]}}, asked.Cookies())
		if got := serve("account", http.MethodGet, "/da/account", "", in.Cookies()); got.StatusCode != http.StatusOK {
			b.Fatalf("signing in ends with %d", got.StatusCode)
		}
		if rounds%2 == 1 {
			nobody()
		}
		post("sign-out", "/da/sign-out", nil, in.Cookies())
	}
	whole := time.Duration(0)
	for what, d := range spent {
		b.ReportMetric(float64(d.Microseconds())/1000/float64(rounds), what+"-ms")
		if what != "unknown" && what != "sign-out" {
			whole += d
		}
	}
	b.ReportMetric(apart(took["known"], took["unknown"]), "t")
	b.ReportMetric(float64(whole.Microseconds())/1000/float64(rounds), "sign-in-ms")
	b.ReportMetric(0, "ns/op")
}

// apart is Welch's t of the middle nine tenths of two samples: the rest is the
// machine's doing.
func apart(a, b []float64) float64 {
	ma, va := spread(a)
	mb, vb := spread(b)
	if va+vb == 0 {
		return 0
	}
	return (ma - mb) / math.Sqrt(va+vb)
}

// spread is the mean of a sample and the variance of that mean.
func spread(sample []float64) (mean, variance float64) {
	sample = slices.Sorted(slices.Values(sample))
	sample = sample[len(sample)/20 : len(sample)-len(sample)/20]
	n := float64(len(sample))
	if n < 2 {
		return 0, 0
	}
	for _, x := range sample {
		mean += x / n
	}
	for _, x := range sample {
		variance += (x - mean) * (x - mean) / (n - 1) / n
	}
	return mean, variance
}
