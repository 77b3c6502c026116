package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

func newShell(t *testing.T, change func(*web.Config)) *web.Shell {
	t.Helper()
	cfg := web.Config{
		Name:      i18n.Text{DA: "Innovationsbarometer", EN: "Innovation Barometer"},
		Owner:     i18n.Text{DA: "Center for Offentlig Innovation", EN: "National Centre for Public Sector Innovation"},
		Email:     "barometer@example.dk",
		Statement: "/about/accessibility",
		Nav: []web.Link{
			{Path: "/report", Label: i18n.Text{DA: "Rapport", EN: "Report"}},
			{Path: "/tables", Label: i18n.Text{DA: "Tabeller", EN: "Tables"}},
		},
	}
	if change != nil {
		change(&cfg)
	}
	s, err := web.NewShell(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newSite is a router as the program mounts it, with one page that echoes.
func newSite(s *web.Shell, page http.HandlerFunc) http.Handler {
	r := chi.NewRouter()
	r.Use(s.Secure)
	r.NotFound(s.NotFound)
	r.MethodNotAllowed(s.MethodNotAllowed)
	r.Get("/", web.Front)
	r.Handle("/assets/*", s.Assets())
	r.Get("/{lang:da|en}/page", page)
	r.Post("/{lang:da|en}/page", page)
	r.Get("/s/{code}", page)
	return r
}

func get(t *testing.T, h http.Handler, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
