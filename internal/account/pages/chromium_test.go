package pages_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"barometer/internal/account"
	"barometer/internal/browsertest"
	"barometer/internal/policy"
	"barometer/internal/store"
)

// TestAccountsInARealBrowser walks a person from the sign-in form to the closing
// of the account, and an administrator through the people, and looks at every
// page at every width.
func TestAccountsInARealBrowser(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "barometer.db"))
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	s := newSite(t, db)
	pages := s.server.Config.Handler
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/become" { // puts a session into the window
			http.SetCookie(w, &http.Cookie{Name: "barometer_session", Value: r.URL.RawQuery, Path: "/"})
			return
		}
		pages.ServeHTTP(w, r)
	})
	w := browsertest.Open(t, s.server.URL)
	look := func(selector string) { w.Look(); w.Press(selector) }
	write := func(selector, text string) {
		browsertest.Ask[string](w, fmt.Sprintf(`document.querySelector(%q).value = %q`, selector, text))
	}

	w.Go("/da/account") // not signed in
	w.Type("#address", anna)
	look("main form button")
	w.Look() // look in your mail
	link := strings.TrimPrefix(s.link(), s.server.URL)
	s.browser().get(link) // a mail scanner
	w.Go(link)
	look("main form button")
	write("#name", "Anna \u0410") // a letter that only looks Latin
	w.Press("main form button")
	write("#name", "Anna Holm")
	look(`form[action$="/account/name"] button`)
	if got := w.Path(); got != "/da/account" {
		t.Fatalf("signing in leads to %s", got)
	}
	w.Look()
	w.Go("/da/sign-in/link/used") // a link that is worthless
	w.Look()
	w.Go("/en/account/export")
	w.Look()
	w.Go("/da/account/security")
	look(`form[action$="/security/app"] button`)
	secret := browsertest.Ask[string](w, `document.querySelector("strong.code").innerText.replaceAll(" ", "")`)
	w.Type("#code", "not a code")
	look("main form button")
	w.Type("#code", s.code(secret))
	look("main form button")
	look("main a.button") // codes for paper
	w.Look()
	w.Go("/da/sign-in/second")
	w.Look()
	w.Go("/da/account/close")
	w.Press(`main form button`) // without saying yes
	w.Pick("confirm")
	look("main form button")
	w.Look()

	one, two := s.admin("one@example.dk", "Admin One"), s.admin("two@example.dk", "Admin Two")
	two.post("/da/staff/people", "address", "bo@example.dk", "name", "Bo Lind", "kind", "partner")
	bo := two.last.Path
	two.post(bo+"/roles", "role", string(policy.Editor))
	w.Go("/become?" + sessionOf(t, one))
	w.Go("/da/staff/people")
	w.Look()
	w.Go(bo)
	look(`form:has(input[value="confirm"]) button`)
	w.Look()
	p, err := s.ByAddress(t.Context(), "bo@example.dk")
	must(t, err)
	if len(p.Roles) != 1 || p.State != account.Pending {
		t.Errorf("%+v", p)
	}
	thief := s.browser()
	s.browser().post("/en/sign-in", "address", anna)
	if got := thief.confirm(); got.Status != http.StatusForbidden {
		t.Fatalf("%d", got.Status)
	}
	w.Go(strings.TrimPrefix(s.link(), s.server.URL)) // another browser than the one that asked
	w.Look()
}
