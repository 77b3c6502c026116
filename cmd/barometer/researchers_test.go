package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/audit"
	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/internal/web"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
	"barometer/publish/research"
)

// researchers lets a home take the research file of its first release for
// published, and enters an application of the person with the lowest number.
func researchers(t *testing.T, h *home, c *collection) research.Project {
	t.Helper()
	releasetest.Restricted(t, h.path(researchFolder), release.First)
	rules, err := policy.Load()
	must(t, err)
	c.research, err = research.New(research.Options{
		Store: c.db, Rules: rules, Mail: c.mail, Now: time.Now, Dir: h.path(researchFolder),
		Link: func(l i18n.Lang, path string) string { return h.BaseURL + web.Localise(l, path) },
		Out: func(context.Context) (map[string]release.Version, error) {
			return map[string]release.Version{releasetest.Wave: release.First}, nil
		},
		Person: c.correspondent, Staff: c.researchStaff, Seal: c.accounts.Seal, Open: c.accounts.Open, Keyed: c.accounts.Keyed,
	})
	must(t, err)
	persons, err := c.accounts.Persons(t.Context())
	must(t, err)
	if len(persons) == 0 {
		_, err := c.accounts.Add(t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Partner, Lang: i18n.Danish, Name: "Ida Idé", Address: "ida@example.dk"})
		must(t, err)
	}
	one, err := c.research.Apply(t.Context(), policy.Subject{Person: "1"}, application(time.Now()))
	must(t, err)
	return one
}

func application(now time.Time) research.Form {
	return research.Form{Words: research.Words{Title: "Innovation i ældreplejen", Institution: "Universitetet",
		Purpose: "Vi undersøger, hvordan små arbejdspladser deler fornyelser, og skal bruge region og størrelse.", Persons: "Ida Idé, ph.d.-studerende"},
		Wave: releasetest.Wave, Until: now.AddDate(1, 0, 0), Agreed: true}
}

// A researcher applies, is accepted, fetches a file, and is shut out, over HTTP
// on a home as it runs; the log tells of each step, and names no file's link.
func TestResearcherIsServedAndShutOut(t *testing.T) {
	n := openNewsroom(t)
	releasetest.Restricted(t, n.home.path(researchFolder), release.First)
	n.published(t, release.First)
	ida, err := n.invent(t.Context(), n.c, "Ida Idé", "ida@example.dk", policy.Researcher)
	must(t, err)
	var log strings.Builder
	handler, err := newHandler(n.home, n.c, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), n.clock)
	must(t, err)
	as := func(who policy.Subject) *browserOf {
		return &browserOf{t: t, n: n, site: handler, cookie: n.session(t, who)}
	}
	researcher, staff, approver := as(ida), as(n.author), as(n.approver)

	fields := "title=" + "Innovation" + "&institution=Universitetet&wave=2025&persons=Ida&purpose=" + strings.Repeat("formål+", 12) + "&agree=yes"
	if status, body, _ := researcher.post("/da/research/apply", fields+"&until-day=31&until-month=2&until-year=2027"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Skriv projektets sidste dag") {
		t.Errorf("31 February: %d", status)
	}
	status, _, at := researcher.post("/da/research/apply", fields+"&until-day=1&until-month=2&until-year=2027")
	if status != http.StatusSeeOther || at != "/da/research/projects/1" {
		t.Fatalf("applying: %d to %s", status, at)
	}
	if status, _, _ := researcher.post("/da/research/projects/1/link", ""); status != http.StatusForbidden {
		t.Errorf("a link before it was accepted: %d", status)
	}
	if status, body, _ := staff.get("/en/staff/research/1"); status != http.StatusOK || !strings.Contains(body, "Accept and give access") {
		t.Errorf("staff read it: %d", status)
	}
	if status, _, _ := approver.post("/da/staff/research/1/accept", ""); status != http.StatusSeeOther {
		t.Errorf("accepting: %d", status)
	}
	status, _, files := researcher.post("/da/research/projects/1/link", "")
	if status != http.StatusSeeOther || !strings.HasPrefix(files, "/da/research/projects/1/files/") {
		t.Fatalf("a link: %d to %s", status, files)
	}
	if status, body, _ := researcher.get(files); status != http.StatusOK || !strings.Contains(body, "microdata.da.sav") {
		t.Errorf("the files: %d", status)
	}
	if status, body, _ := researcher.get(files + "/microdata.csv"); status != http.StatusOK || !strings.HasPrefix(body, "record,") {
		t.Errorf("a file: %d", status)
	}
	if status, _, _ := staff.get(files + "/microdata.csv"); status != http.StatusNotFound {
		t.Errorf("the link in another's hands: %d", status)
	}
	if status, out, errs := n.commandLine("", "research", "list", "--json"); status != 0 || !strings.Contains(out, `"state":"accepted","open":true`) || strings.Contains(out, "Ida") {
		t.Errorf("research list: %d, %s%s", status, out, errs)
	}
	if status, _, errs := n.commandLine("", "research", "end", "1", "--reason", "Aftalen er brudt."); status != 0 {
		t.Errorf("research end: %s", errs)
	}
	if status, _, _ := researcher.get(files + "/microdata.csv"); status != http.StatusForbidden {
		t.Errorf("a file after the end: %d", status)
	}
	for _, verb := range []string{"apply", "accept", "link", "download", "end"} {
		events, err := audit.Of(t.Context(), n.c.db, "research."+verb)
		must(t, err)
		if len(events) != 1 || events[0].Object != "research/1" {
			t.Errorf("the audit log has %d events of %s", len(events), verb)
		}
	}
	token := files[strings.LastIndex(files, "/")+1:]
	if strings.Contains(log.String(), token) || strings.Contains(log.String(), "Ida") {
		t.Error("the server's log holds the link or a name")
	}
}

// session signs somebody in with two factors.
func (n *newsroom) session(t *testing.T, who policy.Subject) (cookie *http.Cookie) {
	t.Helper()
	id, ok := account.ParseID(who.Person)
	if !ok {
		t.Fatalf("no person %q", who.Person)
	}
	link, err := n.c.accounts.OperatorLink(t.Context(), id)
	must(t, err)
	_, err = n.c.accounts.Confirm(t.Context(), account.Confirmation{Token: link})
	must(t, err)
	must(t, n.c.accounts.SetName(t.Context(), id, "Ida Idé"))
	must(t, n.c.db.Write(t.Context(), func(tx *store.Tx) error {
		s, err := n.c.accounts.BeginSession(tx, id, account.How{Method: "totp", Factors: 2}, account.Device{}, "")
		cookie = &http.Cookie{Name: "__Host-barometer_session", Value: s.Token}
		return err
	}))
	return cookie
}

// browserOf is the browser of one person.
type browserOf struct {
	t      *testing.T
	n      *newsroom
	site   http.Handler
	cookie *http.Cookie
}

func (v *browserOf) ask(r *http.Request) (status int, body, location string) {
	v.t.Helper()
	r.AddCookie(v.cookie)
	w := httptest.NewRecorder()
	v.site.ServeHTTP(w, r)
	read, err := io.ReadAll(w.Result().Body)
	must(v.t, err)
	return w.Code, string(read), w.Header().Get("Location")
}

func (v *browserOf) get(path string) (int, string, string) {
	v.t.Helper()
	return v.ask(httptest.NewRequest(http.MethodGet, "https://barometer.example.dk"+path, nil))
}

func (v *browserOf) post(path, form string) (int, string, string) {
	v.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "https://barometer.example.dk"+path, strings.NewReader(form))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.ask(r)
}

// TestResearchPages looks at the pages of a researcher in all states of a
// project, in both languages, in a real browser.
func TestResearchPages(t *testing.T) {
	n := openNewsroom(t)
	n.home.BaseURL = "http://localhost"
	n.set(time.Now())
	ida, err := n.invent(t.Context(), n.c, "Ida Idé", "ida@example.dk", policy.Researcher)
	must(t, err)
	releasetest.Restricted(t, n.home.path(researchFolder), release.First)
	n.published(t, release.First)
	for range 3 {
		_, err := n.c.research.Apply(t.Context(), ida, application(n.clock()))
		must(t, err)
	}
	n.author.At = n.clock()
	_, err = n.c.research.Accept(t.Context(), n.author, 1)
	must(t, err)
	_, err = n.c.research.Refuse(t.Context(), n.author, 2, "Filen til alle rækker til formålet.")
	must(t, err)
	token, err := n.c.research.Link(t.Context(), ida, 1)
	must(t, err)
	handler, err := newHandler(n.home, n.c, slog.New(slog.DiscardHandler), n.clock)
	must(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	window := browsertest.Open(t, server.URL)
	window.Cookie("barometer_session", n.session(t, ida).Value)
	for _, l := range i18n.Languages {
		for _, page := range []string{"", "/apply", "/projects/1", "/projects/2", "/projects/3", "/projects/1/files/" + token} {
			window.Go("/" + string(l) + "/research" + page)
			window.Look()
			if l == i18n.Danish {
				window.Keys()
				window.Modes()
			}
		}
	}
}
