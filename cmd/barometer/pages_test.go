package main

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"barometer/cmd/barometer/demo"
	"barometer/internal/account"
	"barometer/internal/account/pages"
	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/policy"
	"barometer/internal/store"
	"barometer/publish/release"
	"barometer/publish/release/releasetest"
)

// TestPagesForThoseSignedIn opens every page that asks for a name, in both
// languages, in a real browser. The pages are those of the table of rules: one
// that is added there is opened here, or named below with the reason why not.
func TestPagesForThoseSignedIn(t *testing.T) {
	a := newApp(io.Discard, os.Stderr)
	h, err := demoHome(t.TempDir())
	must(t, err)
	w, err := a.demoWave(h, pilotWave, 7, pilotUnits(demo.Workplaces(7)))
	must(t, err)
	c, err := openCollection(t.Context(), h, a.now)
	must(t, err)
	t.Cleanup(func() { must(t, c.close()) })
	invitations, err := a.invite(t.Context(), c, w)
	must(t, err)
	collected := strings.NewReplacer("{wave}", pilotWave, "{unit}", invitations[0].Unit)
	releases := strings.NewReplacer("{person}", "1", "{project}", "1", "{wave}", releasetest.Wave, "{version}", release.First.String(), "*", "")
	researchers(t, h, c)
	handler, err := newHandler(h, c, slog.New(slog.DiscardHandler), a.now)
	must(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	window := browsertest.Open(t, server.URL)
	signIn(t, window, c)
	n := &newsroom{app: a, home: h, c: c}
	n.author, err = a.invent(t.Context(), c, "Oda Opfundet", "oda@example.dk", policy.Statistician)
	must(t, err)
	n.approver, err = a.invent(t.Context(), c, "Palle Påfund", "palle@example.dk", policy.Approver)
	must(t, err)
	n.set(time.Now())
	n.approved(t, release.First)

	table, err := policy.Load()
	must(t, err)
	for _, rule := range table.Rules() {
		for _, route := range rule.Routes {
			pattern, ok := strings.CutPrefix(route, "GET /{lang:da|en}/")
			if !ok || slices.Contains(rule.Roles, policy.Visitor) || rule.Delegated() || unopened[pattern] != "" {
				continue
			}
			for _, l := range i18n.Languages {
				places := releases
				if strings.Contains(pattern, "fieldwork") {
					places = collected
				}
				address := "/" + string(l) + "/" + places.Replace(pattern)
				window.Go(address)
				if got := window.Path(); got != address {
					t.Errorf("%s leads to %s", address, got)
				}
				if !browsertest.Ask[bool](window, `!!document.querySelector("form[action$='/sign-out']")`) {
					t.Errorf("%s offers no way to sign out", address)
				}
				window.Look()
				window.Keys()
				window.Modes()
			}
		}
	}
}

// unopened are addresses of persons and staff that are no page to look at.
var unopened = map[string]string{
	"account/export.json":                                 "a file",
	"research/projects/{project}":                         "of the person who applied: TestResearchPages looks at it in all its states",
	"research/projects/{project}/files/{token}":           "opened by a link: TestResearchPages looks at it",
	"research/projects/{project}/files/{token}/{file}":    "a file",
	"staff/releases/{wave}/{version}/files/*":             "files",
	"account/identity":                                    "shown on the way back from a provider only, to join an identity to the account",
	"account/welcome":                                     "seen on the way in, and never again",
	"sign-in/second":                                      "for those who have set one up: package pages looks at it",
	"account/security/app":                                "opened by a button: package pages looks at it",
	"staff/waves/{wave}/unlink":                           "TestUnlinkPages looks at it in all its states",
	"staff/fieldwork/{wave}/letters/files/{batch}/{file}": "files",
}

// signIn opens the link that the operator gives a person, looks at the pages on
// the way in, and goes on as an administrator, and as one who carries releases, with a second
// factor.
func signIn(t *testing.T, w *browsertest.Window, c *collection) {
	t.Helper()
	ctx := t.Context()
	n := account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: "Anna Holm", Address: "anna@example.dk"}
	id, err := c.accounts.Add(ctx, account.ByOperator(), n)
	must(t, err)
	token, err := c.accounts.OperatorLink(ctx, id)
	must(t, err)
	w.Go(pages.Link("")(i18n.Danish, token))
	w.Look()
	w.Press("main form button")
	w.Look() // what is your name?
	w.Keys()
	w.Press("main form button")
	if got := w.Path(); got != "/da/account" {
		t.Fatalf("signing in leads to %s", got)
	}
	for _, role := range []policy.Role{policy.Admin, policy.Editor, policy.Statistician, policy.Approver, policy.Fieldwork} {
		_, err = c.accounts.Grant(ctx, account.ByOperator(), id, role)
		must(t, err)
	}
	var strong account.Session
	must(t, c.db.Write(ctx, func(tx *store.Tx) (err error) {
		strong, err = c.accounts.BeginSession(tx, id, account.How{Method: "totp", Factors: 2}, account.Device{}, "")
		return err
	}))
	w.Cookie("barometer_session", strong.Token)
}
