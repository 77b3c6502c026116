package pages_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"barometer/internal/store/storetest"
)

// BenchmarkSignIn prints the server's time for the requests of one sign-in by
// link, each with its durable commit: asking, opening the link, confirming,
// and the account page that follows. It also signs out and asks for an unknown address, whose
// time must not tell it from a known one.
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
	serve := func(what, method, path, form string, cookies []*http.Cookie) *http.Response {
		r := httptest.NewRequest(method, path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		start := time.Now()
		s.server.Config.Handler.ServeHTTP(w, r)
		spent[what] += time.Since(start)
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
	b.ReportMetric(float64(whole.Microseconds())/1000/float64(rounds), "sign-in-ms")
	b.ReportMetric(0, "ns/op")
}
