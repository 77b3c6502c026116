package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/web"
)

// failures are all that have a page of their own.
var failures = []int{400, 401, 403, 404, 405, 409, 413, 421, 422, 429, 500, 503}

// failing is a site on which every failure can be had.
func failing(t *testing.T) *httptest.Server {
	t.Helper()
	s := newShell(t, func(c *web.Config) { c.Email = "barometer@example.dk" })
	r := chi.NewRouter()
	r.Use(s.Secure)
	r.Handle("/assets/*", s.Assets())
	r.Get("/{lang:da|en}/failure/{status}", func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(chi.URLParam(r, "status")) // no number is no failure of ours
		s.Error(w, r, status)
	})
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server
}

// Each failure has a whole page: it says what happened and what to do, leads to
// the front page and to help, is kept nowhere, and has its status. The second time
// it is the same.
func TestEveryFailureHasAWholePage(t *testing.T) {
	site := failing(t).Config.Handler
	titles := map[string]bool{}
	for _, status := range failures {
		for _, l := range i18n.Languages {
			address := fmt.Sprintf("/%s/failure/%d", l, status)
			resp := get(t, site, address)
			page := body(t, resp)
			if resp.StatusCode != status || resp.Header.Get("Cache-Control") != "no-store" ||
				(status == http.StatusServiceUnavailable) != (resp.Header.Get("Retry-After") != "") {
				t.Errorf("%s: %d, %v", address, resp.StatusCode, resp.Header)
			}
			for _, want := range []string{"<h1>", `class="font-lead"`, `href="mailto:barometer@example.dk"`, `href="/` + string(l) + `/"`, `lang="` + string(l) + `"`} {
				if !strings.Contains(page, want) {
					t.Errorf("%s lacks %s", address, want)
				}
			}
			_, title, _ := strings.Cut(page, "<h1>")
			title, _, _ = strings.Cut(title, "</h1>")
			if titles[title] {
				t.Errorf("%s: the title %q stands on two pages", address, title)
			}
			titles[title] = true
			if again := body(t, get(t, site, address)); again != page {
				t.Errorf("%s is another page the second time", address)
			}
		}
	}
	if resp := get(t, site, "/da/failure/418"); resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("a failure without a page: %d", resp.StatusCode)
	}
}

// The pages of failures are looked at as all others are.
func TestPagesOfFailuresInABrowser(t *testing.T) {
	w := browsertest.Open(t, failing(t).URL)
	for _, status := range failures {
		for _, l := range i18n.Languages {
			w.Go(fmt.Sprintf("/%s/failure/%d", l, status))
			w.Look()
			if l == i18n.Danish {
				w.Keys()
				w.Modes()
			}
		}
	}
}
