package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/cmd/barometer/demo"
	"barometer/internal/policy"
)

// surveyedHome is a home with the demonstration's wave open for answers, all
// its routes, and a store.
func surveyedHome(t *testing.T) (chi.Routes, http.Handler) {
	t.Helper()
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	_, err = a.demoWave(h, demoWave, 7, demo.Workplaces(7))
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	handler, err := newHandler(h, c, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), a.now)
	must(t, err)
	return handler.(chi.Routes), handler
}

// walk lists the routes as the table names them.
func walk(t *testing.T, routes chi.Routes) (list [][2]string) {
	t.Helper()
	must(t, chi.Walk(routes, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != http.MethodHead {
			list = append(list, [2]string{method, pattern})
		}
		return nil
	}))
	return list
}

// Every route has its rule, and the table names no route that is gone.
func TestEveryRouteHasARule(t *testing.T) {
	table, err := policy.Load()
	must(t, err)
	routes, _ := surveyedHome(t)
	registered := map[string]bool{}
	for _, r := range walk(t, routes) {
		registered[r[0]+" "+r[1]] = true
		if _, ok := table.Route(r[0], r[1]); !ok {
			t.Errorf("%s %s has no rule in internal/policy/policy.yaml", r[0], r[1])
		}
	}
	for _, rule := range table.Rules() {
		for _, route := range rule.Routes {
			if !registered[route] {
				t.Errorf("%s × %s names %s, which is no route", rule.Object, rule.Action, route)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\{[a-z]+(:[^}]*)?\}`)

// concrete is an address of a pattern.
func concrete(pattern string) string {
	address := placeholder.ReplaceAllStringFunc(pattern, func(p string) string {
		if strings.HasPrefix(p, "{lang") {
			return "da"
		}
		return "x1"
	})
	return strings.Replace(address, "*", "x1", 1)
}

// What the table says of a visitor is what a visitor meets at every route.
func TestVisitorMeetsWhatTheTableSays(t *testing.T) {
	table, err := policy.Load()
	must(t, err)
	routes, handler := surveyedHome(t)
	server := httptest.NewServer(handler)
	defer server.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, r := range walk(t, routes) {
		rule, _ := table.Route(r[0], r[1])
		req, err := http.NewRequestWithContext(t.Context(), r[0], server.URL+concrete(r[1]), nil)
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := client.Do(req)
		must(t, err)
		resp.Body.Close()
		entry := strings.HasSuffix(resp.Header.Get("Location"), "/survey")
		switch d := rule.Decide(policy.Subject{}, newApp(nil, nil).now()); {
		case rule.Delegated() && !entry && resp.StatusCode < 400:
			t.Errorf("%s %s: %d for a visitor without a code", r[0], r[1], resp.StatusCode)
		case d == policy.Unnamed && resp.StatusCode != http.StatusUnauthorized:
			t.Errorf("%s %s: %d for a visitor, want 401", r[0], r[1], resp.StatusCode)
		case d == policy.Allowed && !rule.Delegated() && (resp.StatusCode == http.StatusUnauthorized || resp.StatusCode >= 500):
			t.Errorf("%s %s: %d for a visitor whom the table lets in", r[0], r[1], resp.StatusCode)
		}
	}
}
