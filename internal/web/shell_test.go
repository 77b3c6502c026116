package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"barometer/internal/i18n"
	"barometer/internal/web"
)

func plainPage(s *web.Shell) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.Render(w, r, http.StatusOK, web.Page{
			Lang: web.Lang(r), Title: "Tabeller", Path: "/page?a=1&b=2", Section: "/tables", Body: "<h1>Tabeller</h1>", Synthetic: true,
		})
	}
}

func TestPageCarriesLanguageSwitchBannerAndNavigation(t *testing.T) {
	s := newShell(t, nil)
	got := body(t, get(t, newSite(s, plainPage(s)), "/da/page"))
	for _, want := range []string{
		`<html lang="da">`,
		`<title>Tabeller – Innovationsbarometer</title>`,
		`href="/en/page?a=1&amp;b=2" hreflang="en" lang="en">English`,
		`<a href="/da/tables" aria-current="page">Tabeller</a>`,
		`<a href="/da/report">Rapport</a>`,
		`Syntetiske data.`,
		`href="/da/about/accessibility">Tilgængelighedserklæring`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if _, err := html.Parse(strings.NewReader(got)); err != nil {
		t.Error(err)
	}
}

func TestErrorPagesInBothLanguagesWithoutInternals(t *testing.T) {
	s := newShell(t, nil)
	for _, status := range []int{400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503} {
		for _, l := range i18n.Languages {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Error(w, r, status) })
			resp := get(t, h, "/"+string(l)+"/secret-path")
			page := body(t, resp)
			if resp.StatusCode != status {
				t.Errorf("%d %s: status %d", status, l, resp.StatusCode)
			}
			if !strings.Contains(page, `lang="`+string(l)+`"`) || strings.Count(page, "<h1>") != 1 {
				t.Errorf("%d %s: want one heading in the language of the path:\n%s", status, l, page)
			}
			if strings.Contains(page, "error.") || strings.Contains(page, "secret-path") {
				t.Errorf("%d %s: page shows a message key or the address:\n%s", status, l, page)
			}
		}
	}
}

func TestUnlistedStatusIsShownAsServerFault(t *testing.T) {
	s := newShell(t, nil)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Error(w, r, http.StatusTeapot) })
	if resp := get(t, h, "/da/"); resp.StatusCode != http.StatusInternalServerError {
		t.Errorf("status %d, want 500", resp.StatusCode)
	}
}

func TestRouterFaultsGetThePage(t *testing.T) {
	s := newShell(t, nil)
	site := newSite(s, plainPage(s))
	if resp := get(t, site, "/en/nowhere"); resp.StatusCode != 404 || !strings.Contains(body(t, resp), "Page not found") {
		t.Errorf("unknown address: status %d", resp.StatusCode)
	}
	r := httptest.NewRequest(http.MethodDelete, "/da/page", nil)
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	if w.Code != 405 || !strings.Contains(w.Body.String(), "kan ikke bruges") {
		t.Errorf("wrong method: status %d", w.Code)
	}
}

func TestSecurityHeaders(t *testing.T) {
	s := newShell(t, func(c *web.Config) { c.HTTPS = true })
	h := get(t, newSite(s, plainPage(s)), "/da/page").Header
	for name, want := range map[string]string{
		"Content-Security-Policy":   "default-src 'none'",
		"X-Content-Type-Options":    "nosniff",
		"Referrer-Policy":           "same-origin",
		"Strict-Transport-Security": "max-age=",
	} {
		if !strings.Contains(h.Get(name), want) {
			t.Errorf("%s = %q, want %q in it", name, h.Get(name), want)
		}
	}
	for _, unsafe := range []string{"unsafe-inline", "unsafe-eval", "*", "http:"} {
		if strings.Contains(h.Get("Content-Security-Policy"), unsafe) {
			t.Errorf("content policy allows %s", unsafe)
		}
	}
}

func TestPagesKeepToTheContentPolicy(t *testing.T) {
	s := newShell(t, nil)
	page := body(t, get(t, newSite(s, plainPage(s)), "/da/page"))
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "style" {
			t.Error("page has a style element")
		}
		src := false
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has inline %s", n.Data, a.Key)
			}
			src = src || a.Key == "src"
		}
		if n.Data == "script" && !src {
			t.Error("page has an inline script")
		}
	}
}

func TestForgedPostIsRefused(t *testing.T) {
	s := newShell(t, nil)
	reached := false
	site := newSite(s, func(w http.ResponseWriter, r *http.Request) { reached = true })
	r := httptest.NewRequest(http.MethodPost, "/da/page", strings.NewReader("a=1"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || reached {
		t.Errorf("status %d, handler reached: %v; want 403 and no", w.Code, reached)
	}
}

func TestOversizedPostIsCutOff(t *testing.T) {
	s := newShell(t, nil)
	var formErr error
	site := newSite(s, func(w http.ResponseWriter, r *http.Request) { formErr = r.ParseForm() })
	form := url.Values{"a": {strings.Repeat("x", web.MaxForm)}}.Encode()
	r := httptest.NewRequest(http.MethodPost, "/da/page", strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	site.ServeHTTP(httptest.NewRecorder(), r)
	var tooLarge *http.MaxBytesError
	if !errors.As(formErr, &tooLarge) {
		t.Errorf("reading the form gave %v, want a MaxBytesError", formErr)
	}
}

func TestPanicBecomesErrorPageAndLogLine(t *testing.T) {
	var log bytes.Buffer
	s := newShell(t, func(c *web.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	resp := get(t, newSite(s, func(http.ResponseWriter, *http.Request) { panic("broken wheel") }), "/da/page")
	page := body(t, resp)
	if resp.StatusCode != 500 || strings.Contains(page, "broken wheel") || !strings.Contains(page, "Der er sket en fejl hos os") {
		t.Errorf("status %d, page:\n%s", resp.StatusCode, page)
	}
	if !strings.Contains(log.String(), "broken wheel") {
		t.Errorf("log lacks the panic:\n%s", log.String())
	}
}

func TestFaultyTemplateBecomesErrorPage(t *testing.T) {
	s := newShell(t, nil)
	messages, err := i18n.ParseCatalogue("m.yaml", []byte("a: {da: a, en: a}"))
	if err != nil {
		t.Fatal(err)
	}
	views, err := s.Views(fstest.MapFS{"templates/p.html": {Data: []byte(`{{define "p"}}half a page {{t "no.such.key"}}{{end}}`)}}, messages)
	if err != nil {
		t.Fatal(err)
	}
	resp := get(t, newSite(s, func(w http.ResponseWriter, r *http.Request) {
		views.Render(w, r, 200, web.Page{Lang: web.Lang(r), Title: "P"}, "p", nil)
	}), "/da/page")
	if page := body(t, resp); resp.StatusCode != 500 || strings.Contains(page, "half a page") {
		t.Errorf("status %d, page:\n%s", resp.StatusCode, page)
	}
}

func TestLogNamesRoutesNeverCodesOrAddresses(t *testing.T) {
	var log bytes.Buffer
	s := newShell(t, func(c *web.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	site := newSite(s, plainPage(s))
	get(t, site, "/s/AB12CD34EF56")
	get(t, site, "/da/page?q=hemmeligt")
	get(t, site, "/da/nowhere/AB12CD34EF56")
	for _, secret := range []string{"AB12CD34EF56", "hemmeligt", "192.0.2.1"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("log holds %q:\n%s", secret, log.String())
		}
	}
	if !strings.Contains(log.String(), "/s/{code}") {
		t.Errorf("log lacks the route:\n%s", log.String())
	}
}

func TestFrontFollowsTheBrowsersLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"":                             "/da/",
		"de-DE,de;q=0.9":               "/da/",
		"en-GB,en;q=0.9,da;q=0.8":      "/en/",
		"da;q=0.5,en;q=0.5":            "/da/",
		"en;q=0,fr":                    "/da/",
		"en;q=nonsense,da;q=0.1":       "/da/",
		"fr, EN-us ; q=0.3, da;q=0.25": "/en/",
	} {
		s := newShell(t, nil)
		resp := get(t, newSite(s, nil), "/", "Accept-Language", header)
		if got := resp.Header.Get("Location"); resp.StatusCode != 303 || got != want {
			t.Errorf("Accept-Language %q leads to %d %s, want 303 %s", header, resp.StatusCode, got, want)
		}
	}
}

func TestCompressionKeepsThePage(t *testing.T) {
	s := newShell(t, nil)
	site := newSite(s, plainPage(s))
	plain := body(t, get(t, site, "/da/page"))
	resp := get(t, site, "/da/page", "Accept-Encoding", "br, gzip")
	if resp.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("page is not compressed for a browser that takes gzip")
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(z)
	if err != nil || string(unpacked) != plain {
		t.Errorf("compressed page differs from the plain one (%v)", err)
	}
	if got := get(t, site, "/da/page", "Accept-Encoding", "gzip;q=0").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("browser that refuses gzip gets %q", got)
	}
}
