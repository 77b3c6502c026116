package pages_test

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"barometer/internal/account"
	"barometer/internal/account/broker"
	"barometer/internal/account/broker/brokertest"
	"barometer/internal/browsertest"
	"barometer/internal/i18n"
	"barometer/internal/policy"
)

// enterStaff is an editor who has not been there yet.
func (s *site) enterStaff(address, name string) account.ID {
	s.t.Helper()
	id, err := s.Add(s.t.Context(), account.ByOperator(), account.Newcomer{Kind: account.Employee, Lang: i18n.Danish, Name: name, Address: address})
	must(s.t, err)
	_, err = s.Grant(s.t.Context(), account.ByOperator(), id, policy.Editor)
	must(s.t, err)
	return id
}

// path is where the last letter's link leads.
func (s *site) path() string { return strings.TrimPrefix(s.link(), s.server.URL) }

// TestSecondFactorsInARealBrowser sets up a passkey, held by Chromium itself, and
// an app, and signs in by each.
func TestSecondFactorsInARealBrowser(t *testing.T) {
	s := newSite(t, open(t, filepath.Join(t.TempDir(), "barometer.db")))
	s.enterStaff(anna, "Anna Holm")
	w := browsertest.Open(t, s.origin())
	w.Authenticator()
	at := func(want string) {
		t.Helper()
		if got := w.Path(); got != want {
			t.Fatalf("at %s, want %s", got, want)
		}
	}

	w.Go("/da/sign-in")
	w.Look()
	w.Type("#address", anna)
	w.Press("form[action$='/sign-in'] button")
	w.Go(s.path())
	w.Press("main form button")
	at("/da/account/security")
	w.Look()
	w.Press(`form[action$="/security/keys"] button`)
	w.Look()
	w.Type("#label", "Kontorets computer")
	w.Press("form[data-passkey] button")
	at("/da/account/security/keys/answer") // the codes for paper
	w.Look()
	w.Go("/da/account")
	at("/da/account/welcome")
	w.Press(`form[action$="/account/name"] button`)
	at("/da/account")

	w.Go("/en/account/security")
	w.Press(`form[action$="/security/app"] button`)
	at("/en/account/security/app")
	w.Look()
	w.Type("#code", "000000")
	w.Press(`form[action$="/confirm"] button`)
	w.Look() // a wrong code
	secret := strings.ReplaceAll(browsertest.Ask[string](w, `document.querySelector("strong.code").textContent`), " ", "")
	w.Type("#code", s.code(secret))
	w.Press(`form[action$="/confirm"] button`)
	at("/en/account/security")
	w.Look()

	w.Go("/en/account")
	w.Press(`form[action$="/sign-out"] button`)
	w.Press(`form[action$="/sign-in/passkey"] button`)
	w.Look()
	w.Press("form[data-passkey] button")
	at("/en/account")

	w.Press(`form[action$="/sign-out"] button`)
	s.now = s.now.Add(time.Minute)
	w.Type("#address", anna)
	w.Press("form[action$='/sign-in'] button")
	w.Go(s.path())
	w.Press("main form button")
	if !strings.HasPrefix(w.Path(), "/da/sign-in/second") && !strings.HasPrefix(w.Path(), "/en/sign-in/second") {
		t.Fatalf("at %s", w.Path())
	}
	w.Look()
	w.Type("#code", "12345")
	w.Press(`form[action$="/sign-in/second"] button`)
	w.Look()
	w.Type("#code", s.code(secret))
	w.Press(`form[action$="/sign-in/second"] button`)
	if !strings.HasSuffix(w.Path(), "/account") {
		t.Fatalf("at %s", w.Path())
	}
}

// TestProviderInARealBrowser signs a person in at a certified provider, links
// the identity to the account that the person has by mail, and signs in by it.
func TestProviderInARealBrowser(t *testing.T) {
	s := newSite(t, open(t, filepath.Join(t.TempDir(), "barometer.db")), func(origin string) broker.Provider {
		issuer := brokertest.Provider(t, origin+broker.AnswerPath("mitid"))
		u, err := url.Parse(issuer)
		must(t, err)
		return broker.Provider{
			ID: "mitid", Name: i18n.Same("MitID Erhverv"), Issuer: issuer, ClientID: brokertest.ClientID, Secret: brokertest.Secret, Inside: []string{u.Host},
		}
	})
	s.now = time.Now()
	s.signedIn(anna, "Anna Holm")
	w := browsertest.Open(t, s.origin())
	atProvider := func() {
		t.Helper()
		w.Press(`a[href*="/sign-in/with/mitid"]`)
		w.Type(`input[name=login]`, "anna-at-school")
		w.Type(`input[name=password]`, "any")
		w.Press("button[type=submit]")
		w.Press("button[type=submit]") // consent
		w.Forget()
	}
	w.Go("/en/account")
	w.Look()
	atProvider()
	if got := w.Path(); got != "/en/account/identity" {
		t.Fatalf("at %s", got)
	}
	w.Look() // unknown: sign in first
	w.Type("#address", anna)
	w.Press("form[action$='/sign-in'] button")
	w.Go(s.path())
	w.Press("main form button")
	if got := w.Path(); got != "/en/account/identity" {
		t.Fatalf("after the link at %s", got)
	}
	w.Look()
	w.Press(`button[value="link"]`)
	w.Look()
	w.Go("/en/account")
	w.Press(`form[action$="/sign-out"] button`)
	w.Press(`a[href*="/sign-in/with/mitid"]`) // the provider knows the browser
	w.Forget()
	if got := w.Path(); got != "/en/account" {
		t.Fatalf("signing in by the identity leads to %s", got)
	}
	w.Look()
	w.Go("/sign-in/with/mitid/answer?state=x&code=y")
	if got := w.Path(); got != "/da/account" {
		t.Errorf("a forged answer leads to %s", got)
	}
}
