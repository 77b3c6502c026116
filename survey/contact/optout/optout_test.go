package optout_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"barometer/internal/browsertest"
	"barometer/internal/htmltest"
	"barometer/internal/i18n"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/survey/contact/dispatch"
	"barometer/survey/contact/optout"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site serves the pages; stopped gathers the tokens that the button was
// pressed for.
func site(t *testing.T, fault error) (server *httptest.Server, stopped *[]string, log *strings.Builder) {
	t.Helper()
	stopped, log = new([]string), new(strings.Builder)
	shell, err := web.NewShell(web.Config{
		Name: i18n.Same("Innovationsbarometeret"), Owner: i18n.Same("COI"), Privacy: "/privacy", Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	must(t, err)
	pages, err := optout.New(optout.Config{Shell: shell, Email: "barometer@example.dk", Stop: func(_ context.Context, token string) error {
		if token == "wrong" {
			return dispatch.ErrNoSuchLetter
		}
		*stopped = append(*stopped, token)
		return fault
	}})
	must(t, err)
	r := chi.NewRouter()
	r.Use(shell.Secure)
	r.Get("/assets/*", shell.Assets().ServeHTTP)
	pages.Routes(r)
	server = httptest.NewServer(r)
	t.Cleanup(server.Close)
	return server, stopped, log
}

func answer(t *testing.T, req *http.Request, err error) (status int, header http.Header, page string) {
	t.Helper()
	must(t, err)
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, resp.Header, string(body)
}

// TestGoal36_OptOutTakesAPress has a scanner open the link, a mail program post
// to it, and a stranger guess.
func TestGoal36_OptOutTakesAPress(t *testing.T) {
	server, stopped, log := site(t, nil)
	for _, l := range i18n.Languages {
		link := server.URL + "/" + string(l) + "/stop/abc"
		req, err := http.NewRequest(http.MethodGet, link, nil)
		status, header, page := answer(t, req, err)
		if status != http.StatusOK || len(*stopped) != 0 || header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("a GET: %d %v, stopped %v", status, header, *stopped)
		}
		for _, fault := range htmltest.Faults([]byte(page)) {
			t.Error(fault)
		}
	}
	// RFC 8058: no cookie, no origin, and no redirect.
	req, err := http.NewRequest(http.MethodPost, server.URL+"/da/stop/abc", strings.NewReader("List-Unsubscribe=One-Click"))
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, _, page := answer(t, req, nil); status != http.StatusOK || len(*stopped) != 1 || (*stopped)[0] != "abc" || !strings.Contains(page, "ikke flere påmindelser") {
		t.Errorf("one click: %d %v", status, *stopped)
	}
	req, err = http.NewRequest(http.MethodPost, server.URL+"/en/stop/wrong", nil)
	if status, _, page := answer(t, req, err); status != http.StatusNotFound || len(*stopped) != 1 || !strings.Contains(page, "cannot be used") {
		t.Errorf("a wrong token: %d", status)
	}
	req, err = http.NewRequest(http.MethodPost, server.URL+"/da/stop/abc", nil)
	must(t, err)
	req.Header.Set("Origin", "https://elsewhere.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	if status, _, _ := answer(t, req, nil); status != http.StatusForbidden || len(*stopped) != 1 {
		t.Errorf("another site's page: %d", status)
	}
	if strings.Contains(log.String(), "abc") || strings.Contains(log.String(), "wrong") {
		t.Errorf("the log tells a token: %s", log)
	}
}

func TestStoreThatCannotServe(t *testing.T) {
	for want, fault := range map[int]error{http.StatusServiceUnavailable: store.ErrUnavailable, http.StatusInternalServerError: errors.New("odd")} {
		server, _, _ := site(t, fault)
		req, err := http.NewRequest(http.MethodPost, server.URL+"/da/stop/abc", nil)
		if status, _, page := answer(t, req, err); status != want || strings.Contains(page, "ikke flere påmindelser") {
			t.Errorf("%v: %d", fault, status)
		}
	}
}

func TestPagesInARealBrowser(t *testing.T) {
	server, stopped, _ := site(t, nil)
	w := browsertest.Open(t, server.URL)
	for _, l := range i18n.Languages {
		for _, token := range []string{"abc", "wrong"} {
			w.Go("/" + string(l) + "/stop/" + token)
			w.Look()
			w.Keys()
			w.Modes()
			w.Press("main form button")
			w.Look()
		}
	}
	if len(*stopped) != 2 {
		t.Errorf("stopped %v", *stopped)
	}
}
