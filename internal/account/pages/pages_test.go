package pages_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"barometer/internal/account"
)

const anna = "anna@example.dk"

func TestSigningInByLink(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		if p := b.get("/da/account"); p.Status != http.StatusUnauthorized || !p.has("Log ind") {
			t.Fatalf("%d %s", p.Status, p.Path)
		}
		if p := b.post("/da/sign-in", "address", "Anna@Example.dk", "next", "/da/account/export"); p.Path != "/da/sign-in/sent" || !p.has("Se efter i din mail") {
			t.Fatalf("%d %s", p.Status, p.Path)
		}
		p := b.confirm()
		if p.Path != "/da/account/welcome" {
			t.Fatalf("led to %s", p.Path)
		}
		if p := b.post("/da/account/name", "name", "Anna Holm"); !p.has("Du er logget ind som Anna Holm") || !p.has("Navnet er gemt") {
			t.Fatalf("%s:\n%s", p.Path, words(p.root))
		}
		if p := b.get("/da/account"); p.has("Navnet er gemt") {
			t.Error("the note is said twice")
		}
		if p := b.post("/da/sign-out"); !p.has("Du er logget ud") || b.get("/da/account").Status != http.StatusUnauthorized {
			t.Error("still signed in")
		}
		b.post("/en/sign-in", "address", anna, "next", "/en/account/export")
		if p := b.confirm(); p.Path != "/en/account/export" || !p.has("What is kept about you") {
			t.Errorf("led to %s", p.Path)
		}
	})
}

// Programs that look into mail open its links, from another machine and more
// than once.
func TestMailScannersGetUsesNothingUp(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/da/sign-in", "address", anna)
		for range 2 {
			p := s.browser().get(s.link())
			if p.Status != http.StatusForbidden || strings.Contains(p.Source, "/sign-in/confirm") {
				t.Errorf("%d, or the scanner is shown the button", p.Status)
			}
			if p.Header.Get("Referrer-Policy") != "no-referrer" || p.Header.Get("Cache-Control") != "no-store" {
				t.Error("the token may leave by a referrer or stay in a cache")
			}
			resp, err := http.Head(s.link())
			must(t, err)
			resp.Body.Close()
		}
		if p := b.confirm(); p.Path != "/da/account/welcome" {
			t.Errorf("led to %s", p.Path)
		}
		if strings.Contains(s.log.String(), s.link()[len(s.server.URL):]) || strings.Contains(s.log.String(), anna) {
			t.Error("the log holds the token or the address")
		}
	})
}

func TestAnotherBrowserIsRefused(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/da/sign-in", "address", anna)
		thief := s.browser()
		if p := thief.confirm(); p.Status != http.StatusForbidden || !p.has("Åbn linket i den browser, du bad om det i") {
			t.Errorf("%d:\n%s", p.Status, words(p.root))
		}
		if p := thief.get("/da/account"); p.Status != http.StatusUnauthorized {
			t.Error("the other browser is signed in")
		}
		// Not even one that has asked for a link of its own.
		link := s.link()
		thief.post("/da/sign-in", "address", "thief@example.dk")
		if p := thief.post("/da/sign-in/confirm", "token", link[strings.LastIndexByte(link, '/')+1:]); p.Status != http.StatusForbidden {
			t.Errorf("%d", p.Status)
		}
	})
}

func TestUsedAndExpiredLinks(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/da/sign-in", "address", anna)
		first := s.link()
		b.confirm()
		for _, p := range []*page{b.get(first), b.post("/da/sign-in/confirm", "token", first[strings.LastIndexByte(first, '/')+1:])} {
			if p.Status != http.StatusConflict || !p.has("Linket virker ikke længere") {
				t.Errorf("used: %d", p.Status)
			}
		}
		b = s.browser()
		b.post("/da/sign-in", "address", anna)
		s.now = s.now.Add(16 * time.Minute)
		if p := b.confirm(); p.Status != http.StatusConflict {
			t.Errorf("expired: %d", p.Status)
		}
		if p := b.get("/da/sign-in/link/never-made"); p.Status != http.StatusConflict {
			t.Errorf("never made: %d", p.Status)
		}
	})
}

// What a visitor sees does not tell whether an address is known.
func TestKnownAndUnknownAddressesAreAnsweredAlike(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.signedIn(anna, "Anna Holm")
		s.signedIn("barred@example.dk", "Barred")
		p, err := s.ByAddress(t.Context(), "barred@example.dk")
		must(t, err)
		must(t, s.Suspend(t.Context(), account.ByOperator(), p.ID))
		var answers []string
		for range 8 { // beyond the limit, too
			for _, address := range []string{anna, "nobody@example.dk", "barred@example.dk"} {
				b := s.browser()
				b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				p := b.post("/da/sign-in", "address", address)
				header := p.Header.Clone()
				for _, c := range header.Values("Set-Cookie") {
					header.Set("Set-Cookie", c[:len("barometer_browser=")]+c[strings.IndexByte(c, ';'):])
				}
				header.Del("Date")
				var h strings.Builder
				must(t, header.Write(&h))
				answers = append(answers, http.StatusText(p.Status)+h.String()+p.Source)
			}
		}
		for _, a := range answers {
			if a != answers[0] {
				t.Fatalf("answers differ:\n%s\n%s", answers[0], a)
			}
		}
	})
}

func TestAddressIsAskedForAgain(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		p := s.browser().post("/da/sign-in", "address", "anna(at)example", "next", "//evil.example/")
		if p.Status != http.StatusUnprocessableEntity || !p.has("Skriv en mailadresse") || !strings.Contains(p.Source, `value="anna(at)example"`) {
			t.Errorf("%d:\n%s", p.Status, words(p.root))
		}
		if strings.Contains(p.Source, "evil.example") {
			t.Error("another site is kept as the page to go to")
		}
	})
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.signedIn(anna, "Anna Holm")
		for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/da/sign-in", strings.Repeat("/a", 400)} {
			s.now = s.now.Add(time.Hour)
			b := s.browser()
			b.post("/da/sign-in", "address", anna, "next", next)
			if p := b.confirm(); p.Path != "/da/account" {
				t.Errorf("%q led to %s", next, p.Path)
			}
		}
	})
}

// Session fixation: what an attacker planted in the browser is worthless after
// sign-in, and the browser holds another token than before.
func TestSessionTokenChangesAtSignIn(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		mallory := s.signedIn("mallory@example.dk", "Mallory")
		u, err := url.Parse(s.server.URL)
		must(t, err)
		planted := cookieOf(mallory, u, "barometer_session")
		b := s.browser()
		b.http.Jar.SetCookies(u, []*http.Cookie{{Name: "barometer_session", Value: planted, Path: "/"}})
		b.post("/da/sign-in", "address", anna)
		b.confirm()
		if now := cookieOf(b, u, "barometer_session"); now == planted || now == "" {
			t.Error("the planted token was taken over")
		}
		if p := mallory.get("/da/account"); p.Status != http.StatusUnauthorized {
			t.Errorf("the planted token still opens an account: %d", p.Status)
		}
	})
}

func cookieOf(b *browser, u *url.URL, name string) string {
	for _, c := range b.http.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestForgedPostsAreRefused(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.signedIn(anna, "Anna Holm")
		for _, path := range []string{"/da/account/close", "/da/account/name", "/da/sign-out", "/da/sign-in", "/da/sign-in/confirm"} {
			req, err := http.NewRequest(http.MethodPost, s.server.URL+path, strings.NewReader("confirm=yes&name=Mallory"))
			must(t, err)
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "cross-site")
			resp, err := b.http.Do(req)
			must(t, err)
			if p := b.read(resp); p.Status != http.StatusForbidden {
				t.Errorf("%s: %d", path, p.Status)
			}
		}
		if p := b.get("/da/account"); !p.has("Du er logget ind som Anna Holm") {
			t.Error("something was changed")
		}
	})
}

func TestCookiesAreGuarded(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		seen := 0
		check := func(p *page) {
			for _, line := range p.Header.Values("Set-Cookie") {
				c, err := http.ParseSetCookie(line)
				must(t, err)
				if seen++; !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
					t.Errorf("%s", line)
				}
			}
		}
		check(b.post("/da/sign-in", "address", anna))
		check(b.confirm())
		check(b.post("/da/sign-out"))
		if seen < 5 {
			t.Errorf("only %d cookies seen", seen)
		}
	})
}

func TestOwnSessions(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		here, there := s.signedIn(anna, "Anna Holm"), s.signedIn(anna, "Anna Holm")
		p := here.get("/da/account")
		if n := strings.Count(p.Source, `name="session"`); n != 2 || !p.has("denne browser") {
			t.Fatalf("%d sessions listed", n)
		}
		if p := here.post("/da/account/sessions", "all", "yes"); !p.has("Alle andre steder er logget ud") {
			t.Errorf("%s", p.Path)
		}
		if there.get("/da/account").Status != http.StatusUnauthorized || here.get("/da/account").Status != http.StatusOK {
			t.Error("the wrong session ended")
		}
	})
}

func TestNamesAreCheckedOnThePage(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/da/sign-in", "address", anna)
		b.confirm()
		for typed, want := range map[string]string{"Аnna": "Brug kun latinske bogstaver", "Anna\u202e": "usynlige tegn", "": "mindst to bogstaver"} {
			if p := b.post("/da/account/name", "name", typed); p.Status != http.StatusUnprocessableEntity || !p.has(want) {
				t.Errorf("%q: %d", typed, p.Status)
			}
		}
	})
}

func TestExportAndClosing(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.signedIn(anna, "Anna Holm")
		if p := b.get("/da/account/export"); !p.has(anna) || !p.has("session.begin") {
			t.Errorf("%d", p.Status)
		}
		p := b.get("/da/account/export.json")
		var e account.Export
		must(t, json.Unmarshal([]byte(p.Source), &e))
		if e.Person.Address != anna || !strings.Contains(p.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%+v", e.Person)
		}
		if p := b.post("/da/account/close", "credit", "drop"); p.Status != http.StatusUnprocessableEntity || !p.has("Sæt kryds") {
			t.Errorf("closed without a word: %d", p.Status)
		}
		if p := b.post("/da/account/close", "credit", "drop", "confirm", "yes"); !p.has("Kontoen bliver slettet 23. december 2026") {
			t.Fatalf("%s:\n%s", p.Path, words(p.root))
		}
		if p := b.post("/da/account/reopen"); p.Path != "/da/account/welcome" {
			t.Errorf("led to %s", p.Path)
		}
	})
}

func TestMembersSeeNoStaffPage(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.admin("one@example.dk", "Admin One")
		weak := s.browser() // an administrator without a second factor
		weak.post("/da/sign-in", "address", "one@example.dk")
		weak.confirm()
		for _, b := range []*browser{s.browser(), s.signedIn(anna, "Anna Holm"), weak} {
			for _, path := range []string{"/da/staff/people", "/da/staff/people/1"} {
				if p := b.get(path); p.Status == http.StatusOK || p.has("Admin One") {
					t.Errorf("%s: %d", path, p.Status)
				}
			}
		}
	})
}

func TestTwoAdministratorsGiveARole(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		one, two := s.admin("one@example.dk", "Admin One"), s.admin("two@example.dk", "Admin Two")
		p := one.post("/da/staff/people", "address", anna, "name", "Anna Holm", "kind", "employee")
		if !p.has("Personen er oprettet") {
			t.Fatalf("%d %s", p.Status, words(p.root))
		}
		path := p.Path
		if p := one.post(path+"/roles", "role", "editor"); !p.has("Rollen er foreslået") || strings.Contains(p.Source, `value="confirm"`) {
			t.Errorf("whoever asked is offered to confirm: %d", p.Status)
		}
		if p := one.post(path+"/grants/3", "action", "confirm"); p.Status != http.StatusConflict || !p.has("En anden administrator") {
			t.Errorf("confirmed by whoever asked: %d %s", p.Status, words(p.root))
		}
		if p := two.get("/da/staff/people"); !p.has("Roller, der venter") {
			t.Error("the second administrator is not told")
		}
		if p := two.post(path+"/grants/3", "action", "confirm"); !p.has("Rollen er givet") {
			t.Errorf("%d %s", p.Status, words(p.root))
		}
		own := "/da/staff/people/1"
		if p := one.post(own+"/roles", "role", "approver"); p.Status != http.StatusConflict || !p.has("Ingen kan give sig selv en rolle") {
			t.Errorf("granted to oneself: %d", p.Status)
		}
		if p := one.post(path+"/state", "action", "suspend"); !p.has("Kontoen er spærret") {
			t.Errorf("%d", p.Status)
		}
		for _, bad := range [][]string{{path + "/roles", "role", "root"}, {path + "/state", "action", "erase"}, {path + "/grants/3", "action", "x"}} {
			if p := one.post(bad[0], bad[1:]...); p.Status != http.StatusBadRequest {
				t.Errorf("%v: %d", bad, p.Status)
			}
		}
		for _, nobody := range []string{"/da/staff/people/99", "/da/staff/people/0", "/da/staff/people/x", "/da/staff/people/-1", "/da/staff/people/01"} {
			if p := one.get(nobody); p.Status != http.StatusNotFound {
				t.Errorf("%s: %d", nobody, p.Status)
			}
		}
	})
}

// Somebody who has shown an address and no name yet is nobody to the rest of the
// site, and is led to the page that asks for the name.
func TestUnnamedPersonIsNobodyElsewhere(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/da/sign-in", "address", anna)
		b.confirm()
		who := func(path string) string {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.AddCookie(&http.Cookie{Name: "barometer_session", Value: sessionOf(t, b)})
			subject, err := s.pages.Who(r)
			must(t, err)
			return subject.Person
		}
		if got := who("/da/wiki/edit"); got != "" {
			t.Errorf("elsewhere: person %q", got)
		}
		if got := who("/da/accounting"); got != "" {
			t.Errorf("a page that only begins alike: person %q", got)
		}
		if got := who("/da/account/export"); got != "1" {
			t.Errorf("on the own account: person %q", got)
		}
		if p := b.get("/da/staff/people"); p.Path != "/da/account/welcome" {
			t.Errorf("led to %s", p.Path)
		}
		b.post("/da/account/name", "name", "Anna Holm")
		if got := who("/da/wiki/edit"); got != "1" {
			t.Errorf("named: person %q", got)
		}
	})
}

// Every page stands in both languages with every word of the other's.
func TestPagesInBothLanguages(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.admin("one@example.dk", "Admin One")
		for _, path := range []string{"/sign-in/sent", "/sign-in/link/x", "/account", "/account/export", "/account/close", "/staff/people", "/staff/people/1"} {
			for _, l := range []string{"/da", "/en"} {
				p := b.get(l + path)
				if p.Status >= 500 || !strings.Contains(p.Source, `lang="`+l[1:]+`"`) {
					t.Errorf("%s%s: %d", l, path, p.Status)
				}
			}
		}
	})
}
